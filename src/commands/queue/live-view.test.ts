import { expect, it } from 'vitest';
import { type Page, PLAIN } from '../../cli/output/page.ts';
import { widthOf } from '../../cli/output/text.ts';
import type { QueueStatus } from '../../jobs/queue/status.ts';
import { drawQueue, drawStatus } from './live-view.ts';

const PAGE: Page = { ...PLAIN, symbols: true };
const STATUS: QueueStatus = {
  at: new Date(),
  paused: false,
  pausedBy: null,
  pausedHost: null,
  pausedAt: null,
  pending: 900,
  oldestPendingSeconds: 75,
  waiting: 4,
  active: 1,
  delayed: 0,
  applied: 2_000,
  refused: 50,
  failed: 3,
  laneHeld: true,
  workers: [
    { name: 'web-1:4711', address: '10.0.0.5:41234', seconds: 7_500, holdsLane: true },
    { name: 'web-2:4712', address: '10.0.0.6:41234', seconds: 10, holdsLane: false },
  ],
  batches: [{ batchId: 7, name: 'november', requests: 2_000, decided: 1_500, pending: 500 }],
  redisPaused: false,
  hold: null,
  redisError: null,
};

it('shows the first poll, and rates from the second on', () => {
  const first = drawQueue({ now: STATUS, before: null, seconds: 0 }, PAGE).join('\n');
  expect(first).toContain('running');
  expect(first).toContain('pending   900  oldest 1 min 15 s');
  expect(first).toContain('- decided, - recorded a second');
  expect(first).toMatch(/web-1:4711 {2}10\.0\.0\.5:41234 {2}2 h 5 min {2}holds the lane/);
  expect(first).toMatch(/web-2:4712 {2}10\.0\.0\.6:41234 {2}10 s {7}on standby/);
  expect(first).toMatch(/november {2}█{18}░{6} {2}75 % {2}1,500 of 2,000$/m);

  const before = {
    ...STATUS,
    pending: 1_000,
    applied: 1_600,
    batches: [{ ...STATUS.batches[0], decided: 1_100, pending: 900 }],
  } as QueueStatus;
  const second = drawQueue({ now: STATUS, before, seconds: 2 }, PAGE).join('\n');
  expect(second).toContain('200 decided, 150 recorded a second');
  expect(second).toMatch(/1,500 of 2,000 {2}200 a second, about 3 s left/);
});

it('says that the queue is paused, that no worker applies requests, and that Redis is unavailable', () => {
  const draw = (changes: Partial<QueueStatus>) =>
    drawQueue({ now: { ...STATUS, ...changes }, before: null, seconds: 0 }, PAGE).join('\n');
  expect(draw({ paused: true, pausedBy: 'ann\u001b[2J', pausedAt: new Date() })).toContain('paused by ann\\x1b[2J at');
  expect(draw({ laneHeld: false })).toContain('no worker holds the lane, so no requests are being applied');
  const away = draw({
    waiting: null,
    active: null,
    delayed: null,
    workers: null,
    redisError: "Redis can't be reached",
  });
  expect(away).toContain("Redis can't be reached");
  expect(away).toContain('unknown, but one worker holds the lane');
  expect(away).toMatch(/^jobs +unavailable$/m);
});

it('fits any terminal, with longer bars on a wide one', () => {
  const [batch] = STATUS.batches;
  const now = { ...STATUS, batches: [batch, { ...batch, name: 'november-late', decided: 7 }] } as QueueStatus;
  const before = { ...now, batches: now.batches.map((earlier) => ({ ...earlier, decided: 0 })) };
  const draw = (width: number) => drawQueue({ now, before, seconds: 2 }, { ...PAGE, width });
  for (const width of [40, 60, 80, 120]) {
    const lines = draw(width);
    expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
    const [first, second] = lines.filter((line) => /[█░]/.test(line)).map((line) => line.indexOf('%'));
    expect(first).toBe(second);
  }
  const narrow = draw(80).join('\n');
  expect(narrow).toMatch(/^ {2}november {7}█{6}░{2} {2}75 % {2}1,500 of 2,000 {2}750 a second, about 1 s left$/m);
  expect(narrow).toMatch(/^ {2}november-late {2}░{8} {3}0 % {6}7 of 2,000 {2}4 a second.*…$/m);
  expect(draw(120).join('\n')).toMatch(/^ {2}november-late {2}░{24} {3}0 % {6}7 of 2,000 {2}4 a second/m);
});

it('is the same panel for one reading, but without rates and without problems that the command prints as messages', () => {
  const now = { ...STATUS, redisError: 'Redis is down.' };
  const watched = drawQueue({ now, before: null, seconds: 0 }, PAGE);
  const without = watched.filter((line) => !line.startsWith('rates') && line !== 'Redis is down.');
  expect(drawStatus(now, PAGE)).toEqual(without.filter((line, at) => line !== '' || without[at - 1] !== ''));
});
