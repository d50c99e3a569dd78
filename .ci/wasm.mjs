// Compiles what is written in AssemblyScript, and keeps it as text beside its source: tests run without a build.
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {basename} from 'node:path';
import {fileURLToPath} from 'node:url';

const directory = fileURLToPath(new URL('../source/agents/assembly/', import.meta.url));
const FLAGS = ['--optimizeLevel', '3', '--enable', 'simd', '--runtime', 'stub', '--noAssert'];

/** The TypeScript that holds the compiled module. */
export const file = `${directory}claude.wasm.ts`;

/** Says of what the compiled module was made: compiling takes ten seconds, comparing this none. */
export function origin() {
  const hash = createHash('sha256').update(FLAGS.join(' '));
  const sources = readdirSync(directory).filter(name => name !== basename(file));
  for (const name of sources.sort()) hash.update(`\0${name}\0`).update(readFileSync(directory + name));
  return `// Made by \`npm run wasm\` from the files beside it, whose SHA-256 is ${hash.digest('hex')}.`;
}

async function compiled() {
  const {default: asc} = await import('assemblyscript/asc');
  const written = new Map();
  const {error, stderr} = await asc.main(['claude.ts', '--baseDir', directory, '--outFile', 'claude.wasm', ...FLAGS], {
    writeFile: (name, contents) => written.set(name, contents),
  });
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);
  return Buffer.from(written.get('claude.wasm')).toString('base64');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(file, `${origin()}\n\nexport const claudeModule =\n  '${await compiled()}';\n`);
}
