/** Which models of the hub a machine's owner lets it load. */
import path from 'node:path';
import { UserError } from '../../errors.ts';

/**
 * @param repository `owner/name`
 * @param allowed globs of such names, such as `intfloat/*`; null: all
 * @throws UserError when none of them matches, naming the setting and what it allows
 */
export function requireAllowedModel(repository: string, allowed: readonly string[] | null): void {
  if (allowed === null || allowed.some((glob) => path.posix.matchesGlob(repository, glob))) return;
  const list = allowed.length > 0 ? allowed.join(', ') : 'none';
  throw new UserError(
    `${repository} may not be loaded on this machine. Its setting PODIUM_MODELS_ALLOWED allows these models of the hub: ${list}.`,
  );
}
