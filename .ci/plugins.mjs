// What the bundle has otherwise than the packages that it is made of.
import {readFileSync} from 'node:fs';
import {isBuiltin} from 'node:module';
import {fileURLToPath} from 'node:url';

/** A module of the cockpit's own drawing, as a string in code. */
const own = name => JSON.stringify(fileURLToPath(new URL(`../source/cockpit/draw/${name}`, import.meta.url)));

/** Packages as they are measured, and what is put instead of a part of them. A part that is gone is an error. */
const patches = [
  {
    // It sets up its checks of package.json at each start, 9 ms, though only `pkg.…` needs them: that is when they are set up.
    file: /meow\/build\/dependencies\.js$/,
    from: 'var normalizeExports = requireNormalize();\nconst normalizePackageData = getDefaultExportFromCjs(normalizeExports);',
    to: 'const normalizePackageData = data => getDefaultExportFromCjs(requireNormalize())(data);',
  },
  {
    // When it is loaded it makes a segmenter and looks up every emoji, 20 to 40 ms, which plain text never needs.
    file: /string-width\/index\.js$/,
    from: 'const segmenter = new Intl.Segmenter();',
    to: 'let segmenter;',
  },
  {
    file: /string-width\/index\.js$/,
    from: 'of segmenter.segment(string)',
    to: 'of (segmenter ??= new Intl.Segmenter()).segment(string)',
  },
  {
    file: /string-width\/index\.js$/,
    from: 'const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;',
    to: 'let rgiEmojiRegex;',
  },
  {
    file: /string-width\/index\.js$/,
    from: 'if (rgiEmojiRegex.test(segment)',
    to: "if ((rgiEmojiRegex ??= new RegExp('^\\\\p{RGI_Emoji}$', 'v')).test(segment)",
  },
  {
    // It asks `fetch` for what stands in the file itself, which loads the whole of undici: 60 to 100 ms.
    file: /yoga-layout\/dist\/binaries\/yoga-wasm-base64-esm\.js$/,
    from: 'w||"function"!=typeof fetch?Promise',
    to: 'true?Promise',
  },
  {
    // Each new picture of a pane would be kept, 4096 times 20 KB and more.
    file: /ink\/build\/measure-text\.js$/,
    from: 'maxSize: 4096',
    to: 'maxSize: 64',
  },
  {
    file: /ink\/build\/wrap-text\.js$/,
    from: 'maxSize: 4096',
    to: 'maxSize: 64',
  },
  {
    // All that is on screen is looked at in each frame, and most of it has not changed since the one before.
    file: /ink\/build\/sanitize-ansi\.js$/,
    from: 'export default sanitizeAnsi;',
    to: `import {Recent} from ${own('recent.ts')};
const known = new Recent(32);
export default text => {
    let sanitized = known.get(text);
    if (sanitized === undefined) {
        sanitized = sanitizeAnsi(text);
        known.set(text, sanitized);
    }
    return sanitized;
};`,
  },
  {
    // Lines are taken apart once, not in each frame.
    file: /ink\/build\/output\.js$/,
    from: '    caches = new OutputCaches();',
    to: '    caches = keptCaches;',
  },
  {
    file: /ink\/build\/output\.js$/,
    from: `    widths = new Map();
    blockWidths = new Map();
    styledChars = new Map();`,
    to: `    widths = new Recent(1000);
    blockWidths = new Recent(32);
    styledChars = new Recent(250);`,
  },
  {
    file: /ink\/build\/output\.js$/,
    from: 'export default class Output {',
    to: `import {Recent} from ${own('recent.ts')};
const keptCaches = new OutputCaches();
const BLANK = Object.freeze({type: 'char', value: ' ', fullWidth: false, styles: []});
const keptRows = [];
export default class Output {`,
  },
  {
    // Ten thousand blank cells are one.
    file: /ink\/build\/output\.js$/,
    from: `                row.push({
                    type: 'char',
                    value: ' ',
                    fullWidth: false,
                    styles: [],
                });`,
    to: '                row.push(BLANK);',
  },
  {
    // A row of the same cells as in the frame before is the same text.
    file: /ink\/build\/output\.js$/,
    from: `            .map(line => {
            // See https://github.com/vadimdemedes/ink/pull/564#issuecomment-1637022742
            const lineWithoutEmptyItems = line.filter(item => item !== undefined);
            return styledCharsToString(lineWithoutEmptyItems).trimEnd();
        })`,
    to: `            .map((line, y) => {
            const before = keptRows[y];
            if (before?.line.length === line.length && before.line.every((cell, x) => cell === line[x])) return before.text;
            const text = styledCharsToString(line.filter(item => item !== undefined)).trimEnd();
            keptRows[y] = {line, text};
            return text;
        })`,
  },
  {
    // It writes the rest of a line from the first cell that changed, with every style before it.
    file: /ink\/build\/log-update\.js$/,
    from: "import lineUpdate from './line-update.js';",
    to: `import {lineDiff as lineUpdate} from ${own('line-diff.ts')};`,
  },
  {
    // No style of a pane reaches beyond its line.
    file: /ink\/build\/output\.js$/,
    from: `        const characterLines = [[]];
        for (const character of this.caches.getStyledChars(text)) {
            if (character.value === '\\n') {
                characterLines.push([]);
            }
            else {
                characterLines.at(-1).push(character);
            }
        }
        let lines = characterLines.map(line => styledCharsToString(line));`,
    to: `        let lines = text.split('\\n');`,
  },
];

const patched = {
  name: 'patched',
  setup(build) {
    for (const file of new Set(patches.map(patch => String(patch.file)))) {
      const mine = patches.filter(patch => String(patch.file) === file);
      build.onLoad({filter: mine[0].file}, ({path}) => {
        let contents = readFileSync(path, 'utf8');
        for (const {from, to} of mine) {
          if (!contents.includes(from)) throw new Error(`${path} has changed: see whether its patch is still needed`);
          contents = contents.replace(from, () => to);
        }
        return {contents};
      });
    }
  },
};

/** Ink measures every text several times a frame: it gets the cockpit's own measure, which asks the package once. */
const ownWidths = {
  name: 'own-widths',
  setup(build) {
    const measure = fileURLToPath(new URL('../source/cockpit/draw/width.ts', import.meta.url));
    build.onResolve({filter: /^string-width$/}, ({importer}) => {
      return /node_modules\/(?:ink|widest-line)\//.test(importer) ? {path: measure, namespace: 'own-widths'} : null;
    });
    build.onLoad({filter: /.*/, namespace: 'own-widths'}, ({path}) => ({
      contents: `export {textWidth as default} from ${JSON.stringify(path)};`,
      resolveDir: '/',
    }));
  },
};

/** blessed requires its widgets by names that it puts together: of thirty the charts need these. */
const fewWidgets = {
  name: 'few-widgets',
  setup(build) {
    build.onLoad({filter: /blessed\/lib\/widget\.js$/}, ({path}) => {
      if (!readFileSync(path, 'utf8').includes("require('./widgets/' + file)")) {
        throw new Error('blessed has changed: see whether fewWidgets is still needed');
      }
      const widgets = ['Node', 'Screen', 'Element', 'Box'];
      return {
        contents: widgets.map(name => `exports.${name} = require('./widgets/${name.toLowerCase()}');`).join('\n'),
      };
    });
  },
};

/** Errors are told in English: the words of fifty languages would be half of the package. */
const oneLanguage = {
  name: 'one-language',
  setup(build) {
    build.onLoad({filter: /zod\/v4\/locales\/index\.js$/}, ({path}) => {
      const english = 'export { default as en } from "./en.js";';
      if (!readFileSync(path, 'utf8').includes(english)) {
        throw new Error('zod has changed: see whether oneLanguage is still needed');
      }
      return {contents: english};
    });
  },
};

/** The line chart takes one function of lodash: all of it would be a tenth of the cockpit. */
const littleLodash = {
  name: 'little-lodash',
  setup(build) {
    build.onLoad({filter: /blessed-contrib\/lib\/widget\/charts\/line\.js$/}, ({path}) => {
      const contents = readFileSync(path, 'utf8');
      const used = new Set(contents.match(/\b_\.\w+/g));
      if (!contents.includes("require('lodash')") || [...used].join() !== '_.max') {
        throw new Error('blessed-contrib has changed: see whether littleLodash is still right');
      }
      return {contents: contents.replace("require('lodash')", '{max: list => Math.max(...list)}')};
    });
  },
};

/** Node warns of `new Buffer` outside of node_modules, which a bundle is. */
const newBuffer = {
  name: 'new-buffer',
  setup(build) {
    build.onLoad({filter: /drawille-blessed-contrib\/index\.js$/}, ({path}) => {
      const contents = readFileSync(path, 'utf8');
      if (!contents.includes('new Buffer(')) throw new Error('drawille has changed: newBuffer is not needed any more');
      return {contents: contents.replaceAll('new Buffer(', 'Buffer.alloc(')};
    });
  },
};

/**
 * Importing a module of Node reads all that it exports, also what it would load only when asked: streams of `fs`, the
 * WebSockets of `http`. That was a sixth of the time in which a short command starts. Only what is used is read.
 */
const builtins = {
  name: 'builtins',
  setup(build) {
    build.onResolve({filter: /^[a-z]/}, ({path, kind}) => {
      if (kind !== 'import-statement' && kind !== 'dynamic-import') return null;
      return isBuiltin(path) ? {path: path.replace(/^node:/, ''), namespace: 'builtins'} : null;
    });
    build.onLoad({filter: /.*/, namespace: 'builtins'}, ({path}) => {
      const all = Object.entries(Object.getOwnPropertyDescriptors(process.getBuiltinModule(path)));
      // Who needs one of those that are loaded when they are read takes it from the default export.
      const names = all.filter(
        ([name, {get}]) => get === undefined && /^[A-Za-z_]\w*$/.test(name) && name !== 'default',
      );
      const lines = names.map(([name]) => `export const ${name} = /* @__PURE__ */ (() => it.${name})();`);
      return {
        contents: [`const it = process.getBuiltinModule('node:${path}');`, 'export default it;', ...lines].join('\n'),
        loader: 'js',
      };
    });
  },
};

/**
 * Modules that are always loaded come as one file: each part that is loaded late, and could be loaded without them, would
 * otherwise cut them into more files, and each file takes a millisecond of every start.
 */
export const inOneFile = files => ({
  name: 'in-one-file',
  setup(build) {
    build.onResolve({filter: /^\.{1,2}\//}, async ({path, kind, resolveDir, importer, pluginData}) => {
      if (kind !== 'dynamic-import') return null;
      const found = await build.resolve(path, {kind: 'import-statement', resolveDir, importer, pluginData});
      return {path: found.path, namespace: 'late'};
    });
    build.onLoad({filter: /.*/, namespace: 'late'}, ({path}) => ({
      contents: `import 'at-start'; export * from ${JSON.stringify(path)};`,
      resolveDir: '/',
    }));
    build.onResolve({filter: /^at-start$/}, () => ({path: 'at-start', namespace: 'at-start'}));
    build.onLoad({filter: /.*/, namespace: 'at-start'}, () => ({
      contents: files.map(file => `import ${JSON.stringify(file.replace(/^builtins:/, 'node:'))};`).join('\n'),
      resolveDir: '/',
    }));
  },
});

/** How everything that is run from a bundle is made. */
export const bundling = {
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  jsx: 'automatic',
  define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
  external: ['node-pty', 'sqlite3', 'react-devtools-core'],
  banner: {
    js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);",
  },
  plugins: [patched, ownWidths, fewWidgets, oneLanguage, littleLodash, newBuffer, builtins],
  logLevel: 'warning',
};
