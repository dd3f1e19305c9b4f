import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import { lastLines, type RunResult, run } from './run.ts';

/** An engine that is not there answers at once; one that is there but asleep must not hold everything up. */
const ANSWER_LIMIT_MS = 5_000;
const COMMAND_LIMIT_MS = 60_000;
const PULL_LIMIT_MS = 10 * 60_000;

/** The engine's version, or null where no engine answers within a few seconds. */
export async function engineVersion(signal?: AbortSignal): Promise<string | null> {
  const args = ['version', '--format', '{{.Server.Version}}'];
  const { code, stdout } = await run('docker', args, { limitMs: ANSWER_LIMIT_MS, signal });
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : null;
}

/** Pulls the image where it is not there yet. Gives null when it is there, else in one line why not. */
export async function ensureImage(
  image: string,
  say: (line: Phrase) => void,
  signal?: AbortSignal,
): Promise<string | Phrase | null> {
  const here = await run('docker', ['image', 'inspect', '--format', '{{.Id}}', image], {
    limitMs: COMMAND_LIMIT_MS,
    signal,
  });
  if (here.code === 0) return null;
  say(phrase`pulling the image ${image}`);
  const pulled = await run('docker', ['pull', '--quiet', image], { limitMs: PULL_LIMIT_MS, signal });
  return pulled.code === 0 ? null : reasonOf(pulled);
}

/** Runs a docker command to its end and gives its standard output, trimmed. */
export async function docker(args: readonly string[], limitMs = COMMAND_LIMIT_MS): Promise<string> {
  const result = await run('docker', args, { limitMs });
  if (result.code === 0) return result.stdout.trim();
  throw new ShopError(
    'UNAVAILABLE',
    { server: 'Docker', reason: reasonOf(result) },
    {
      message: phrase`\`docker ${args[0]}\` failed: ${reasonOf(result)}`,
      hint: phrase('Check with `docker version` that the engine answers.'),
    },
  );
}

/** Whether a container runs and under which process id of the engine's host; null where there is no such container. */
export async function inspectContainer(name: string): Promise<{ running: boolean; pid: number } | null> {
  const format = '{{.State.Running}} {{.State.Pid}}';
  const args = ['container', 'inspect', '--format', format, name];
  const { code, stdout } = await run('docker', args, { limitMs: COMMAND_LIMIT_MS });
  if (code !== 0) return null;
  const [running, pid] = stdout.trim().split(' ');
  return { running: running === 'true', pid: Number(pid) };
}

/** Stops a container, by force after `limitMs` milliseconds, and does not remove it. */
export async function stopContainer(name: string, limitMs: number): Promise<'stopped' | 'gone'> {
  const found = await inspectContainer(name);
  if (found === null) {
    // no such container, or no engine to ask: the second must not pass for the first
    await docker(['version', '--format', '{{.Server.Version}}'], ANSWER_LIMIT_MS);
    return 'gone';
  }
  if (found.running) await docker(['stop', '-t', String(Math.ceil(limitMs / 1000)), name], limitMs + COMMAND_LIMIT_MS);
  return found.running ? 'stopped' : 'gone';
}

/** Removes a container, running or not, where there is one; its named volumes stay. */
export async function removeContainer(name: string): Promise<void> {
  // older engines fail where there is nothing to remove
  if ((await inspectContainer(name)) !== null) await docker(['rm', '--force', '--volumes', name]);
}

/** Removes a named volume where there is one. */
export async function removeVolume(name: string): Promise<void> {
  await docker(['volume', 'rm', '--force', name]);
}

/** The last lines that a container wrote; empty where there is none. */
export async function containerLines(name: string, count: number): Promise<string[]> {
  const { code, stdout, stderr } = await run('docker', ['logs', '--tail', String(count), name], {
    limitMs: COMMAND_LIMIT_MS,
  });
  return code === 0 ? lastLines(`${stdout}\n${stderr}`, count) : [];
}

function reasonOf({ stdout, stderr }: RunResult): string | Phrase {
  return lastLines(stderr, 1)[0] ?? lastLines(stdout, 1)[0] ?? phrase('no reason was given');
}
