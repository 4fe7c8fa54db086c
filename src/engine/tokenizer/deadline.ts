/**
 * Runs code that may never end, such as a regular expression that backtracks: V8 ends it after a while. Of Node's ways to
 * interrupt synchronous code this is the only one within a thread.
 */
import { types } from 'node:util';
import vm from 'node:vm';
import { FinalError, UserError } from '../../errors.ts';

const script = new vm.Script('run()');
const idle = () => undefined;
const context: { run: () => void } = { run: idle };
vm.createContext(context);

/**
 * @param what is doing this, for the message
 * @throws UserError when `run` takes longer; what it has done until then stays done
 */
export function withDeadline<T>(milliseconds: number, what: string, run: () => T): T {
  const results: { value: T }[] = [];
  context.run = () => {
    results.push({ value: run() });
  };
  try {
    script.runInContext(context, { timeout: milliseconds });
  } catch (cause) {
    // made in the context, so it is no instance of this realm's Error
    if (!types.isNativeError(cause) || !('code' in cause) || cause.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw cause;
    throw new UserError(`${what} took longer than ${milliseconds / 1000} s and was ended.`, { cause });
  } finally {
    context.run = idle;
  }
  const [result] = results;
  if (!result) throw new FinalError(`${what} ended without a result.`);
  return result.value;
}
