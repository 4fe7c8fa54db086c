CREATE TABLE `benchmarks` (
	`id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`version` integer NOT NULL,
	`channel` text NOT NULL,
	`owner` text NOT NULL,
	`view_id` text,
	`dataset_hash` text,
	`roles` text,
	`profile` text,
	`plan` text,
	`ranking` text,
	`decision` text,
	`training` text,
	`error` text,
	`created_ms` integer NOT NULL,
	`updated_ms` integer NOT NULL,
	FOREIGN KEY (`dataset_hash`) REFERENCES `datasets`(`hash`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `datasets` (
	`hash` text PRIMARY KEY NOT NULL,
	`file_name` text NOT NULL,
	`artifact_key` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`uploaded_by` text NOT NULL,
	`created_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `messages` (
	`benchmark_id` text NOT NULL,
	`role` text NOT NULL,
	`channel` text NOT NULL,
	`ts` text,
	`file_id` text,
	PRIMARY KEY(`benchmark_id`, `role`),
	FOREIGN KEY (`benchmark_id`) REFERENCES `benchmarks`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`key` text NOT NULL,
	`benchmark_id` text NOT NULL,
	`effect` text NOT NULL,
	`status` text NOT NULL,
	`generation` integer NOT NULL,
	`attempts` integer NOT NULL,
	`due_ms` integer NOT NULL,
	`error` text,
	FOREIGN KEY (`benchmark_id`) REFERENCES `benchmarks`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_key_unique` ON `outbox` (`key`);--> statement-breakpoint
CREATE INDEX `outbox_due` ON `outbox` (`status`,`due_ms`);--> statement-breakpoint
CREATE TABLE `trials` (
	`id` text PRIMARY KEY NOT NULL,
	`benchmark_id` text NOT NULL,
	`position` integer NOT NULL,
	`spec` text NOT NULL,
	`status` text NOT NULL,
	`progress` text,
	`result` text,
	`predictions_key` text,
	`error` text,
	FOREIGN KEY (`benchmark_id`) REFERENCES `benchmarks`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `trials_benchmark` ON `trials` (`benchmark_id`);--> statement-breakpoint
CREATE TABLE `votes` (
	`benchmark_id` text NOT NULL,
	`user` text NOT NULL,
	`choice` text NOT NULL,
	`cast_ms` integer NOT NULL,
	PRIMARY KEY(`benchmark_id`, `user`),
	FOREIGN KEY (`benchmark_id`) REFERENCES `benchmarks`(`id`) ON UPDATE no action ON DELETE no action
);
