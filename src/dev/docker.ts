import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import { lastLines, type RunResult, run } from './run.ts';

/** Time limit for the engine's response, because a suspended engine may never respond. */
const RESPONSE_LIMIT_MS = 5_000;
const COMMAND_LIMIT_MS = 60_000;
const PULL_LIMIT_MS = 10 * 60_000;

/** Reads the engine's version. Returns null if no engine responds within 5 s. */
export async function engineVersion(signal?: AbortSignal): Promise<string | null> {
  const args = ['version', '--format', '{{.Server.Version}}'];
  const { code, stdout } = await run('docker', args, { limitMs: RESPONSE_LIMIT_MS, signal });
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : null;
}

/** Pulls the image if it is missing. Returns null on success, and otherwise the reason for the failure in one line. */
export async function ensureImage(
  image: string,
  say: (line: Phrase) => void,
  signal?: AbortSignal,
): Promise<string | Phrase | null> {
  const inspected = await run('docker', ['image', 'inspect', '--format', '{{.Id}}', image], {
    limitMs: COMMAND_LIMIT_MS,
    signal,
  });
  if (inspected.code === 0) return null;
  say(phrase`pulling the image ${image}`);
  const pulled = await run('docker', ['pull', '--quiet', image], { limitMs: PULL_LIMIT_MS, signal });
  return pulled.code === 0 ? null : reasonOf(pulled);
}

/** Runs a docker command and returns its standard output, trimmed. @throws ShopError `UNAVAILABLE` if it fails */
export async function docker(args: readonly string[], limitMs = COMMAND_LIMIT_MS): Promise<string> {
  const result = await run('docker', args, { limitMs });
  if (result.code === 0) return result.stdout.trim();
  throw new ShopError(
    'UNAVAILABLE',
    { server: 'Docker', reason: reasonOf(result) },
    {
      message: phrase`\`docker ${args[0]}\` failed: ${reasonOf(result)}`,
      hint: phrase('Check with `docker version` that the engine responds.'),
    },
  );
}

/**
 * Checks whether a container runs, and reads its process id on the engine's host. Returns null if there is no such container.
 */
export async function inspectContainer(name: string): Promise<{ running: boolean; pid: number } | null> {
  const format = '{{.State.Running}} {{.State.Pid}}';
  const args = ['container', 'inspect', '--format', format, name];
  const { code, stdout } = await run('docker', args, { limitMs: COMMAND_LIMIT_MS });
  if (code !== 0) return null;
  const [running, pid] = stdout.trim().split(' ');
  return { running: running === 'true', pid: Number(pid) };
}

/** Stops a container without removing it. A container that has not stopped after `limitMs` milliseconds is killed. */
export async function stopContainer(name: string, limitMs: number): Promise<'stopped' | 'gone'> {
  const found = await inspectContainer(name);
  if (found === null) {
    // this command fails if the engine does not respond; without it, the container would seem to be missing
    await docker(['version', '--format', '{{.Server.Version}}'], RESPONSE_LIMIT_MS);
    return 'gone';
  }
  if (found.running) await docker(['stop', '-t', String(Math.ceil(limitMs / 1000)), name], limitMs + COMMAND_LIMIT_MS);
  return found.running ? 'stopped' : 'gone';
}

/** Removes a container if there is one, even while it runs. Its named volumes stay. */
export async function removeContainer(name: string): Promise<void> {
  // older engines fail if there is no container
  if ((await inspectContainer(name)) !== null) await docker(['rm', '--force', '--volumes', name]);
}

/** Removes a named volume if there is one. */
export async function removeVolume(name: string): Promise<void> {
  await docker(['volume', 'rm', '--force', name]);
}

/** Returns the last lines of a container's log, or none if there is no container. */
export async function containerLines(name: string, count: number): Promise<string[]> {
  const { code, stdout, stderr } = await run('docker', ['logs', '--tail', String(count), name], {
    limitMs: COMMAND_LIMIT_MS,
  });
  return code === 0 ? lastLines(`${stdout}\n${stderr}`, count) : [];
}

function reasonOf({ stdout, stderr }: RunResult): string | Phrase {
  return lastLines(stderr, 1)[0] ?? lastLines(stdout, 1)[0] ?? phrase('no reason was given');
}
