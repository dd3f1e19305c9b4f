// Packs the built program into shop-<version>.tgz in the working directory (or another given folder). The bundle has all
// packages in it, so the package has no dependencies. `npm run package` runs this after the build.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = resolve(process.argv[2] ?? '.');
const { dependencies, devDependencies, overrides, scripts, ...manifest } = JSON.parse(
  await readFile(join(root, 'package.json'), 'utf8'),
);

const staging = await mkdtemp(join(tmpdir(), 'shop-package-'));
try {
  for (const path of manifest.files) await cp(join(root, path), join(staging, path), { recursive: true });
  execFileSync(process.execPath, [join(root, 'scripts/man.mjs'), join(staging, 'man')], { stdio: 'ignore' });
  await writeCompletions(join(staging, 'completions'));
  const man = (await readdir(join(staging, 'man/man1'))).map((name) => `man/man1/${name}`);
  // without `files`, npm packs the whole folder
  await writeFile(join(staging, 'package.json'), JSON.stringify({ ...manifest, files: undefined, man }, null, 2));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', target], { cwd: staging, stdio: 'ignore' });
  process.stdout.write(`${join(target, `${manifest.name}-${manifest.version}.tgz`)}\n`);
} finally {
  await rm(staging, { recursive: true });
}

/** Writes the completion scripts, with the names that the shells expect. */
async function writeCompletions(folder) {
  await mkdir(folder);
  for (const [shell, name] of Object.entries({ bash: 'shop.bash', zsh: '_shop', fish: 'shop.fish' }))
    await writeFile(
      join(folder, name),
      execFileSync(process.execPath, [join(root, 'bin/shop.js'), 'completion', shell]),
    );
}
