import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {transform} from 'esbuild';

export const SOURCE = new URL('../source', import.meta.url).pathname;

/** One module of `source/`, as a parser sees it: `path` and local imports are relative to `source/`. */
export type Module = {
  path: string;
  /** First part of the path. */
  folder: string;
  /** Modules of this project that it imports, types included. */
  local: string[];
  /** `node:` modules without the prefix. */
  builtin: string[];
  /** Packages, by name. */
  packages: string[];
  /** Its code without comments and types, in esbuild's own formatting. */
  code: string;
  /** Contents of its string literals (templates are not among them). */
  strings: string[];
};

export async function readModules(root = SOURCE): Promise<Module[]> {
  const files = readdirSync(root, {recursive: true, encoding: 'utf8'}).filter(name => /\.tsx?$/.test(name));
  return Promise.all(files.sort().map(name => readModule(root, name)));
}

async function readModule(root: string, path: string): Promise<Module> {
  const text = readFileSync(join(root, path), 'utf8');
  // Type imports are directions too: as plain imports they survive the removal of types.
  const plain = text.replace(/^(import|export) type (?=[\w{*])(?=[^=]*? from )/gm, '$1 ');
  const {code} = await transform(plain, {
    loader: path.endsWith('x') ? 'tsx' : 'ts',
    jsx: 'preserve',
    legalComments: 'none',
    tsconfigRaw: {compilerOptions: {verbatimModuleSyntax: true}},
  });
  const names = new Set<string>();
  // esbuild writes a statement from the start of a line, with double quotes.
  for (const [, name] of code.matchAll(/^(?:import\s*|(?:import|export)\s[\w\s{},*$]*?\sfrom\s*)"([^"]+)";/gm))
    names.add(name!);
  for (const [, name] of code.matchAll(/\bimport\("([^"]+)"\)/g)) names.add(name!);
  // A type such as `import('keyv').Keyv` stands nowhere else.
  for (const [, name] of text.matchAll(/\bimport\('([^']+)'\)/g)) names.add(name!);
  const all = [...names];
  return {
    path,
    folder: path.split('/')[0]!,
    local: all.filter(name => name.startsWith('.')).map(name => relative(root, join(root, dirname(path), name))),
    builtin: all.filter(name => name.startsWith('node:')).map(name => name.slice(5)),
    packages: all.filter(name => !/^(\.|node:)/.test(name)).map(packageOf),
    code,
    strings: [...code.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map(([, content]) => content!),
  };
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}
