/** A part for the supervisor to keep: how it behaves is its first argument. */
import { spawn } from 'node:child_process';
import { exitWithParent, sayFailed, sayReady } from '../../src/commands/child-process.ts';

const [how = '', argument = ''] = process.argv.slice(2);
const forever = (): void => void setInterval(() => {}, 60_000);

console.log(`I am ${process.pid}`);
switch (how) {
  case 'serve':
    exitWithParent();
    console.log(`I know ${process.env.GIVEN ?? 'nothing'}`);
    sayReady('serving', argument === '' ? undefined : { GIVEN: argument });
    forever();
    break;
  case 'tidy':
    exitWithParent(() => console.log('I put things away'));
    sayReady('serving');
    forever();
    break;
  case 'slow to stop':
    exitWithParent(() => new Promise(() => {}), 100);
    sayReady('serving');
    forever();
    break;
  case 'fail to stop':
    exitWithParent(() => {
      throw new Error('the disk is full');
    });
    sayReady('serving');
    forever();
    break;
  case 'crash':
    sayReady('serving');
    setImmediate(() => process.exit(3));
    break;
  case 'fail':
    await sayFailed('the token is wrong');
    process.exit(1);
    break;
  case 'stubborn':
    process.on('SIGTERM', () => console.log('no'));
    sayReady('serving');
    forever();
    break;
  case 'silent':
    forever();
    break;
  case 'parent': {
    exitWithParent();
    const grandchild = spawn('sleep', ['600'], { stdio: 'inherit' });
    console.log(`my child is ${grandchild.pid}`);
    sayReady('serving');
    break;
  }
  default:
    throw new Error(`no such behaviour: ${how}`);
}
