// Compiles what is written in AssemblyScript, and keeps it as text beside its source: tests run without a build.
import {writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import asc from 'assemblyscript/asc';

const directory = fileURLToPath(new URL('../source/agents/assembly/', import.meta.url));

/** The TypeScript that holds the compiled module. */
export async function compiled() {
  const flags = ['--optimizeLevel', '3', '--enable', 'simd', '--runtime', 'stub', '--noAssert'];
  const written = new Map();
  const {error, stderr} = await asc.main(['claude.ts', '--baseDir', directory, '--outFile', 'claude.wasm', ...flags], {
    writeFile: (name, contents) => written.set(name, contents),
  });
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);
  const base64 = Buffer.from(written.get('claude.wasm')).toString('base64');
  return `// Made by \`npm run wasm\` from the files beside it.\n\nexport const claudeModule =\n  '${base64}';\n`;
}

export const file = `${directory}claude.wasm.ts`;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, await compiled());
