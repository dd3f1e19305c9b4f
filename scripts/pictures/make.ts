import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestTerminal } from '../../test/support/terminal.ts';
import { readScreen, type Screen } from './cells.ts';
import { drawScreen } from './draw.ts';
import { PictureShop } from './picture-shop.ts';
import { prepare, SCENES } from './scenes.ts';

export interface PicturesOptions {
  /** Path of the built checkout. */
  readonly root: string;
  /** Folder for the pictures. */
  readonly folder: string;
  /** The picture to write; null for all. */
  readonly only: string | null;
  /** Width of all terminals; null for the width of each scene. */
  readonly columns: number | null;
}

/** Plays all scenes in order, because each builds on the one before, and writes the pictures. */
export async function makePictures({ root, folder, only, columns }: PicturesOptions): Promise<void> {
  await mkdir(folder, { recursive: true });
  const shop = await PictureShop.open(root);
  try {
    await prepare(shop);
    for (const { name, title, description, play, ...size } of SCENES) {
      const width = columns ?? size.columns;
      const session = await shop.session(width, size.rows);
      const svg = await play(session, shop)
        .then(() => drawScreen(screenOf(session.terminal, width, size.rows), title, description))
        .finally(() => session.terminal.kill());
      if (only !== null && only !== name) continue;
      await writeFile(join(folder, `${name}.svg`), svg);
      process.stdout.write(`${name}.svg  ${(svg.length / 1_024).toFixed(1)} kB\n`);
    }
  } finally {
    await shop.close();
  }
}

function screenOf(terminal: TestTerminal, columns: number, rows: number): Screen {
  const { buffer, cursor, hasCursor } = terminal;
  return readScreen(buffer, { columns, rows }, hasCursor ? cursor : null);
}
