CREATE TABLE `settings` (
	`scope` text NOT NULL,
	`key` text NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`scope`, `key`)
);
--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_votes` (
	`benchmark_id` text NOT NULL,
	`ballot` text DEFAULT '' NOT NULL,
	`user` text NOT NULL,
	`choice` text NOT NULL,
	`cast_ms` integer NOT NULL,
	PRIMARY KEY(`benchmark_id`, `ballot`, `user`),
	FOREIGN KEY (`benchmark_id`) REFERENCES `benchmarks`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO `__new_votes`("benchmark_id", "ballot", "user", "choice", "cast_ms") SELECT "benchmark_id", coalesce(json_extract("choice", '$[0]'), ''), "user", "choice", "cast_ms" FROM `votes`;--> statement-breakpoint
DROP TABLE `votes`;--> statement-breakpoint
ALTER TABLE `__new_votes` RENAME TO `votes`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
ALTER TABLE `benchmarks` ADD `number` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `benchmarks` ADD `kind` text DEFAULT 'compare' NOT NULL;--> statement-breakpoint
ALTER TABLE `benchmarks` ADD `draft` text;--> statement-breakpoint
ALTER TABLE `benchmarks` ADD `ballot` text;--> statement-breakpoint
UPDATE `benchmarks` SET `number` = (SELECT count(*) FROM `benchmarks` AS `earlier` WHERE `earlier`.rowid <= `benchmarks`.rowid);--> statement-breakpoint
CREATE UNIQUE INDEX `benchmarks_number_unique` ON `benchmarks` (`number`);--> statement-breakpoint
ALTER TABLE `trials` ADD `attempt` integer DEFAULT 0 NOT NULL;