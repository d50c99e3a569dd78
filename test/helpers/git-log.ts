import {execFileSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, readFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {put} from './repository.ts';

/** Every git process that this process starts from now on, with its arguments, as it begins and ends. */
export class GitLog {
  readonly #file: string;
  readonly #path = process.env['PATH'] ?? '';

  constructor(dir: string) {
    this.#file = join(dir, 'git.log');
    mkdirSync(join(dir, 'bin'), {recursive: true});
    const real = execFileSync('which', ['git'], {encoding: 'utf8'}).trim();
    const program = join(dir, 'bin', 'git');
    put(
      program,
      `#!/bin/sh\necho "+ $*" >> "${this.#file}"\n"${real}" "$@"\ncode=$?\necho "- $*" >> "${this.#file}"\nexit $code\n`,
    );
    chmodSync(program, 0o755);
    process.env['PATH'] = `${join(dir, 'bin')}${delimiter}${this.#path}`;
  }

  get lines(): string[] {
    return existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n').filter(Boolean) : [];
  }

  /** Those that began. */
  get started(): string[] {
    return this.lines.filter(line => line.startsWith('+'));
  }

  /** Most that ran at once, of those whose arguments match. */
  atOnce(pattern: RegExp): number {
    let [now, most] = [0, 0];
    for (const line of this.lines.filter(each => pattern.test(each))) {
      now += line.startsWith('+') ? 1 : -1;
      most = Math.max(most, now);
    }
    return most;
  }

  [Symbol.dispose](): void {
    process.env['PATH'] = this.#path;
  }
}
