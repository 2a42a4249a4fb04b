// Starts the demo once for each database and runs the stories against it by Node's test runner.
// Nothing is built here and nothing waits by the clock: the demo says when it is ready.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const readyWithinMs = 60_000;
const storiesWithinMs = 10 * 60_000;

const program = process.env.ATOBARAI_BIN;
if (!program) {
  console.error('e2e: ATOBARAI_BIN does not say which program to test');
  process.exit(2);
}

const stories = process.argv.length > 2
  ? process.argv.slice(2).map((file) => resolve(file))
  : readdirSync(here).filter((name) => name.endsWith('.test.mjs')).sort().map((name) => join(here, name));
if (stories.length === 0) {
  console.error('e2e: there is no story (e2e/*.test.mjs) to run');
  process.exit(2);
}

const databases = [{ name: 'sqlite', options: [] }];
if (process.env.ATOBARAI_TEST_POSTGRES) {
  databases.push({ name: 'postgres', options: ['--database', freshPostgresDatabase(process.env.ATOBARAI_TEST_POSTGRES)] });
}

// A run that is interrupted still clears up: what is started or made below removes itself on 'exit'.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

let worst = 0;
for (const database of databases) {
  console.log(`\n--- the stories on ${database.name}`);
  worst = Math.max(worst, await tell(database));
}
process.exit(worst);

// Runs all stories on one database and gives the exit code.
async function tell(database) {
  const shots = join(here, 'shots', database.name);
  rmSync(shots, { recursive: true, force: true });
  mkdirSync(shots, { recursive: true });
  const data = mkdtempSync(join(tmpdir(), `atobarai-${database.name}-`));
  process.once('exit', () => rmSync(data, { recursive: true, force: true }));
  const logFile = join(shots, 'demo.log');
  let demo;
  try {
    demo = await startDemo(data, database.options, logFile);
    const tests = spawn(process.execPath,
      ['--test', '--test-reporter=spec', '--test-concurrency=1', ...stories],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
        timeout: storiesWithinMs, // a page that never answers fails the run instead of stopping it
        env: { ...process.env, ATOBARAI_URL: demo.address, ATOBARAI_DB: database.name, ATOBARAI_DATA: data },
      });
    const code = await ended(tests);
    const clean = await demo.stop();
    if (!clean) console.error('e2e: the demo did not end cleanly');
    if (code === 0 && clean) return 0;
  } catch (error) {
    console.error(`e2e: ${error.message}`);
  } finally {
    demo?.kill();
  }
  console.error(`e2e: the end of ${logFile}:\n${readFileSync(logFile, 'utf8').split('\n').slice(-40).join('\n')}`);
  return 1;
}

// Starts the demo on a free port and waits for the line that names its address:
// the first line on its standard output with `http://127.0.0.1:PORT` or `http://localhost:PORT` in it.
async function startDemo(data, options, logFile) {
  const began = performance.now();
  const log = openSync(logFile, 'w');
  const child = spawn(program, ['demo', '--data', data, '--port', '0', ...options], { stdio: ['ignore', 'pipe', log] });
  child.stdout.on('data', (chunk) => writeSync(log, chunk));
  process.once('exit', () => child.kill('SIGKILL'));
  const end = ended(child);

  const address = await new Promise((found, failed) => {
    const tooLate = setTimeout(() => failed(new Error(`the demo was not ready within ${readyWithinMs} ms`)), readyWithinMs);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const match = /http:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(line);
      if (match) {
        clearTimeout(tooLate);
        found(match[0]);
      }
    });
    end.then((code) => failed(new Error(`the demo ended with ${code} before it was ready`)));
  });
  console.log(`demo ready at ${address} after ${Math.round(performance.now() - began)} ms`);
  return {
    address,
    kill: () => child.kill('SIGKILL'),
    // Asks the demo to end, as an operator does, and tells whether it had lived until then and ended well.
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return false;
      child.kill('SIGTERM');
      return (await end) === 0;
    },
  };
}

// The exit code of a child, or the signal that ended it; a program that cannot be started gives 127.
function ended(child) {
  return new Promise((done) => {
    child.once('error', (error) => {
      console.error(`e2e: ${error.message}`);
      done(127);
    });
    child.once('exit', (code, signal) => done(code ?? signal)); // after a signal there is no code
  });
}

// Makes an empty database and gives its address. `where` is a libpq key=value string.
function freshPostgresDatabase(where) {
  const setting = Object.fromEntries(where.trim().split(/\s+/).map((pair) => pair.split('=', 2)));
  const name = `story_${process.pid}`;
  const made = spawnSync('psql', ['-q', '-X', '-v', 'ON_ERROR_STOP=1', where, '-c', `create database ${name}`], { encoding: 'utf8' });
  if (made.status !== 0) {
    console.error(`e2e: no database for the story: ${made.stderr || made.error?.message}`);
    process.exit(1);
  }
  return `postgres://${setting.user ?? 'postgres'}@${encodeURIComponent(setting.host)}:${setting.port ?? 5432}/${name}`;
}
