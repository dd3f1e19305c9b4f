import { spawn } from 'node:child_process';
import { open, readdir, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { run } from './run.ts';

/** A process that we started: its pid alone would not do, since the system hands pids out again. */
export interface StartedProcess {
  readonly pid: number;
  /** What the system says of the process's start; no other process with this pid has the same. */
  readonly identity: string;
}

export interface DetachedOptions {
  /** Absolute path of the file that standard output and standard error are appended to. */
  readonly log: string;
  /** Working directory; ours where it is not given. */
  readonly cwd?: string;
}

const POLL_MS = 50;
/** Matches no process: for one that was gone before it could be looked at. */
const NO_IDENTITY = 'gone';

/**
 * Starts a program in a session of its own, so that it outlives us and is not reached by Ctrl-C in our terminal.
 *
 * @throws the system's error where the program can't be started at all
 */
export async function startDetached(
  command: string,
  args: readonly string[],
  options: DetachedOptions,
): Promise<StartedProcess> {
  const log = await open(options.log, 'a', 0o600);
  try {
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    if (child.pid === undefined) throw new Error(`${command} has no pid`);
    return { pid: child.pid, identity: (await see(child.pid))?.identity ?? NO_IDENTITY };
  } finally {
    await log.close();
  }
}

/** Our own process, for others to see whether we still live. */
export async function ownProcess(): Promise<StartedProcess> {
  return { pid: process.pid, identity: (await see(process.pid))?.identity ?? NO_IDENTITY };
}

/** True while the very process that was started runs; one that only waits to be reaped does not. */
export async function isAlive(started: StartedProcess): Promise<boolean> {
  const seen = await see(started.pid);
  return seen?.identity === started.identity && !seen.ending;
}

/**
 * Asks a process and its descendants to end (SIGTERM), and after `limitMs` milliseconds makes them (SIGKILL).
 * A process that is not the one we started is left alone; for one that ends already is waited, so that what it held
 * (ports, locks of files) is free afterwards.
 */
export async function stopProcess(started: StartedProcess, limitMs: number): Promise<'stopped' | 'killed' | 'gone'> {
  if (!(await isAlive(started))) {
    if ((await isHeld(started)) && !(await groupEnds(started, Date.now() + limitMs))) throw endless(started);
    return 'gone';
  }
  // the whole group: a wrapper script that does not `exec` would end alone and leave its server behind
  signalGroup(started.pid, 'SIGTERM');
  if (await groupEnds(started, Date.now() + limitMs)) return 'stopped';
  signalGroup(started.pid, 'SIGKILL');
  if (await groupEnds(started, Date.now() + limitMs)) return 'killed';
  throw endless(started);
}

function endless({ pid }: StartedProcess): Error {
  return new Error(`process ${pid} does not end, not even by SIGKILL`);
}

async function groupEnds(leader: StartedProcess, deadline: number): Promise<boolean> {
  // listing all processes costs more than looking at one, so the leader is waited for first
  while ((await isHeld(leader)) || (await groupIsHeld(leader.pid))) {
    if (Date.now() > deadline) return false;
    await wait(POLL_MS);
  }
  return true;
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return;
    throw error;
  }
}

/** What the system shows of a process; one that has ended whole is not seen, though it may wait to be reaped. */
interface Seen {
  readonly identity: string;
  /** Its first thread has ended and others have not: it does nothing more, but still holds its ports and files. */
  readonly ending: boolean;
}

/** True while the very process that was started holds anything. */
async function isHeld(started: StartedProcess): Promise<boolean> {
  return (await see(started.pid))?.identity === started.identity;
}

async function see(pid: number): Promise<Seen | null> {
  if (process.platform !== 'linux') return seeByPs(pid);
  const entry = await readProc(String(pid));
  if (entry === null || entry.ended) return null;
  // start times count from the boot, so that they mean nothing after the next one
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return { identity: `${boot.trim()}/${entry.start}`, ending: isDead(entry.state) };
}

async function groupIsHeld(group: number): Promise<boolean> {
  if (process.platform !== 'linux') {
    const { stdout } = await run('ps', ['-A', '-o', 'pgid=,state='], { limitMs: 10_000 });
    const lines = stdout.split('\n').map((line) => line.trim().split(/\s+/));
    return lines.some(([id, state]) => Number(id) === group && !isDead(state ?? 'Z'));
  }
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const entry = await readProc(name);
    if (entry !== null && entry.group === group && !entry.ended) return true;
  }
  return false;
}

function isDead(state: string): boolean {
  return state.startsWith('Z') || state.startsWith('X');
}

interface ProcessEntry {
  /** One letter; Z for a process whose first thread has ended. */
  readonly state: string;
  /** True where no thread of it is left. */
  readonly ended: boolean;
  readonly group: number;
  readonly start: string;
}

/** Fields by their places in `/proc/PID/stat`, see proc_pid_stat(5). */
async function readProc(pid: string): Promise<ProcessEntry | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  // the second field is the program's name in parentheses, which may itself hold blanks and parentheses
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0] ?? 'X';
  const threads = Number(fields[17]);
  return { state, ended: isDead(state) && threads <= 1, group: Number(fields[2]), start: fields[19] ?? '' };
}

async function seeByPs(pid: number): Promise<Seen | null> {
  const { stdout } = await run('env', ['LC_ALL=C', 'TZ=UTC', 'ps', '-o', 'state=,lstart=', '-p', String(pid)], {
    limitMs: 10_000,
  });
  const [, state, start] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout) ?? [];
  return state === undefined || start === undefined || isDead(state) ? null : { identity: start, ending: false };
}
