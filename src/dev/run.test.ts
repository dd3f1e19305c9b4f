import { expect, it } from 'vitest';
import { run } from './run.ts';

const LIMIT = { limitMs: 60_000 };

it('returns the exit code and the output, without waiting for input', async () => {
  const script = 'cat; echo out; echo err >&2; exit 3';
  expect(await run('sh', ['-c', script], LIMIT)).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  expect(await run('true', [], LIMIT)).toEqual({ code: 0, stdout: '', stderr: '' });
});

it('returns output of any length', async () => {
  const { stdout } = await run('sh', ['-c', 'head -c 5000000 /dev/zero'], LIMIT);
  expect(stdout.length).toBe(5_000_000);
});

it('returns no exit code for a program that is missing, killed or too slow, and gives the reason if known', async () => {
  expect(await run('/no/such/program', [], LIMIT)).toMatchObject({
    code: null,
    stderr: 'spawn /no/such/program ENOENT',
  });
  expect(await run('sh', ['-c', 'kill -9 $$'], LIMIT)).toEqual({ code: null, stdout: '', stderr: '' });
  expect(await run('sh', ['-c', 'echo begun; exec sleep 100'], { limitMs: 500 })).toEqual({
    code: null,
    stdout: 'begun\n',
    stderr: 'took too long',
  });
});

it("kills the program and throws the signal's reason on an abort", async () => {
  const abort = new AbortController();
  const ended = run('sleep', ['100'], { ...LIMIT, signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(ended).rejects.toThrow('enough');
  await expect(run('true', [], { ...LIMIT, signal: abort.signal })).rejects.toThrow('enough');
});
