/** What git prints for programs, as values. Pure: no git is run here. */

/** A working tree as `git worktree list --porcelain -z` tells it. */
export type Worktree = {
  path: string;
  /** Commit; null: none yet. */
  head: string | null;
  /** Full ref; null: detached. */
  ref: string | null;
  bare: boolean;
  /** Why; null: not locked. */
  locked: string | null;
  /** Its directory is gone. */
  prunable: boolean;
};

export function parseWorktrees(text: string): Worktree[] {
  return text
    .split('\0\0')
    .filter(block => block !== '')
    .map(block => {
      const fields = new Map(block.split('\0').map(line => splitOnce(line, ' ')));
      const head = fields.get('HEAD') ?? null;
      return {
        path: fields.get('worktree') ?? '',
        head: head === null || /^0+$/.test(head) ? null : head,
        ref: fields.get('branch') ?? null,
        bare: fields.has('bare'),
        locked: fields.get('locked') ?? null,
        prunable: fields.has('prunable'),
      };
    });
}

/** Paths by what git says of them (`git status --porcelain=v2 -z`). One may be staged and changed. */
export type Status = {
  staged: string[];
  changed: string[];
  /** With conflicts. */
  unmerged: string[];
  untracked: string[];
  ignored: string[];
  /** Submodules with other commits, changes or untracked files. */
  submodules: string[];
};

export function parseStatus(text: string): Status {
  const status: Status = {staged: [], changed: [], unmerged: [], untracked: [], ignored: [], submodules: []};
  const fields = text.split('\0');
  for (let i = 0; i < fields.length; i++) {
    const line = fields[i]!;
    switch (line[0]) {
      case '?':
        status.untracked.push(line.slice(2));
        break;
      case '!':
        status.ignored.push(line.slice(2));
        break;
      case 'u':
        status.unmerged.push(behind(line, 10));
        break;
      case '1':
        tracked(status, line, behind(line, 8));
        break;
      case '2':
        tracked(status, line, behind(line, 9));
        i++; // The path that it had before.
        break;
    }
  }
  return status;
}

function tracked(status: Status, line: string, path: string): void {
  const [index, tree] = [line[2], line[3]];
  if (index !== '.') status.staged.push(path);
  if (tree !== '.' && line[5] === 'S') status.submodules.push(path);
  else if (tree !== '.') status.changed.push(path);
}

/** The rest of a line behind so many words. */
function behind(line: string, words: number): string {
  let at = 0;
  for (let i = 0; i < words; i++) at = line.indexOf(' ', at) + 1;
  return line.slice(at);
}

/** Of `git ls-files -s -v -z`. */
export type IndexEntries = {
  submodules: string[];
  /** Files that git does not look at: their blob is what is known of them. */
  hidden: {path: string; blob: string}[];
};

export function parseIndex(text: string): IndexEntries {
  const found: IndexEntries = {submodules: [], hidden: []};
  for (const {flag, mode, blob, path} of parseEntries(text)) {
    if (mode === '160000') found.submodules.push(path);
    // Lower case: assume-unchanged. S: skip-worktree, which a sparse check-out uses for what is not there.
    else if (flag === 'S' || flag === flag.toLowerCase()) found.hidden.push({path, blob});
  }
  return found;
}

/** `stage`: 0, or which side of a conflict it is. */
export type IndexEntry = {flag: string; mode: string; blob: string; stage: number; path: string};

/** Every line of it. */
export function parseEntries(text: string): IndexEntry[] {
  return text.split('\0').flatMap(line => {
    const match = /^(\S) (\d+) ([0-9a-f]+) (\d)\t([\s\S]+)$/.exec(line);
    if (match === null) return [];
    const [, flag = '', mode = '', blob = '', stage, path = ''] = match;
    return [{flag, mode, blob, stage: Number(stage), path}];
  });
}

function splitOnce(text: string, by: string): [string, string] {
  const at = text.indexOf(by);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + by.length)];
}
