import { spawn } from 'node:child_process';
import { open, readdir, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { run } from './run.ts';

/** A started process. The pid alone is not enough, because the system reuses pids. */
export interface StartedProcess {
  readonly pid: number;
  /**
   * Start time reported by the system, on Linux with the id of the boot. It distinguishes processes with the same pid.
   */
  readonly identity: string;
}

export interface DetachedOptions {
  /** Absolute path of a file. Standard output and standard error are appended to it. */
  readonly log: string;
  /** Working directory (default: that of this process). */
  readonly cwd?: string;
}

const POLL_MS = 50;
/** Matches no process. It is used for a process that ended before it could be inspected. */
const NO_IDENTITY = 'gone';

/**
 * Starts a program in its own session, so that it survives this process and does not receive Ctrl-C from the terminal.
 *
 * @throws the system's error if the program can't be started
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
    return { pid: child.pid, identity: (await inspectProcess(child.pid))?.identity ?? NO_IDENTITY };
  } finally {
    await log.close();
  }
}

/** Returns this process, so that others can check whether it is alive. */
export async function ownProcess(): Promise<StartedProcess> {
  return { pid: process.pid, identity: (await inspectProcess(process.pid))?.identity ?? NO_IDENTITY };
}

/** Returns true if the started process is still running. A zombie counts as ended. */
export async function isAlive(started: StartedProcess): Promise<boolean> {
  const found = await inspectProcess(started.pid);
  return found?.identity === started.identity && !found.ending;
}

/**
 * Stops a process and the others in its process group with SIGTERM, and with SIGKILL after `limitMs` milliseconds. A
 * different process with the same pid is left alone. If the process is already ending, the call waits until its ports
 * and file locks are free.
 */
export async function stopProcess(started: StartedProcess, limitMs: number): Promise<'stopped' | 'killed' | 'gone'> {
  if (!(await isAlive(started))) {
    if ((await isHeld(started)) && !(await groupEnds(started, Date.now() + limitMs))) throw endless(started);
    return 'gone';
  }
  // the whole group gets the signal, because a wrapper script without `exec` would leave its server running
  signalGroup(started.pid, 'SIGTERM');
  if (await groupEnds(started, Date.now() + limitMs)) return 'stopped';
  signalGroup(started.pid, 'SIGKILL');
  if (await groupEnds(started, Date.now() + limitMs)) return 'killed';
  throw endless(started);
}

function endless({ pid }: StartedProcess): Error {
  return new Error(`process ${pid} does not end after SIGKILL`);
}

async function groupEnds(leader: StartedProcess, deadline: number): Promise<boolean> {
  // waits for the leader first, because listing all processes is more expensive
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

/** A process that still exists, because at least one of its threads runs. */
interface ProcessInfo {
  readonly identity: string;
  /** True if the first thread has ended but others have not, so that the process still holds its ports and files. */
  readonly ending: boolean;
}

/** Checks whether the started process may still hold ports or files. */
async function isHeld(started: StartedProcess): Promise<boolean> {
  return (await inspectProcess(started.pid))?.identity === started.identity;
}

async function inspectProcess(pid: number): Promise<ProcessInfo | null> {
  if (process.platform !== 'linux') return inspectWithPs(pid);
  const entry = await readProc(String(pid));
  if (entry === null || entry.ended) return null;
  // start times are relative to the boot, so the boot id is part of the identity
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
  /** The state as one letter; Z if the first thread has ended. */
  readonly state: string;
  /** True if no thread is left. */
  readonly ended: boolean;
  readonly group: number;
  readonly start: string;
}

/** Reads `/proc/PID/stat`; see proc_pid_stat(5) for its fields. */
async function readProc(pid: string): Promise<ProcessEntry | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  // the second field is the program's name in parentheses, which may itself contain spaces and parentheses
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0] ?? 'X';
  const threads = Number(fields[17]);
  return { state, ended: isDead(state) && threads <= 1, group: Number(fields[2]), start: fields[19] ?? '' };
}

async function inspectWithPs(pid: number): Promise<ProcessInfo | null> {
  const { stdout } = await run('env', ['LC_ALL=C', 'TZ=UTC', 'ps', '-o', 'state=,lstart=', '-p', String(pid)], {
    limitMs: 10_000,
  });
  const [, state, start] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout) ?? [];
  return state === undefined || start === undefined || isDead(state) ? null : { identity: start, ending: false };
}
