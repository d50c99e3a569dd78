import {Box} from 'ink';
import {chosenRow, ownComments, viewRows} from '../diff.ts';
import {fill, line} from '../draw/spans.ts';
import {diffAreas, type Layout} from '../layout.ts';
import {diffFiles, diffText, diffTitle} from '../panes/diff.ts';
import {Pane} from '../panes/pane.tsx';
import type {State} from '../state.ts';
import type {Theme} from '../theme.ts';

/** What a session changed: its files beside their lines, where there is room for both. */
export function DiffScreen({state, theme, layout}: {state: State; theme: Theme; layout: Layout}) {
  const {body} = layout;
  const {view, comments} = state.diffs;
  if (view === null) return <Pane lines={fill([], body.rows, body.cols)} columns={body.cols} />;
  const {diff} = view;
  const own = ownComments(comments, view.session);
  const title = diffTitle({theme, columns: body.cols, view, diff, comments: own.length});
  const rows = viewRows(state.diffs);
  const {files, text} = diffAreas(body);
  const lines = rows.length > 0 ? diffText({theme, size: text, view, rows}) : fill(empty(), text.rows, text.cols);
  const commented = new Set(own.map(({spot}) => spot.path));
  const chosen = chosenRow(state.diffs)?.file ?? 0;
  return (
    <Box flexDirection="column">
      <Pane lines={[title]} columns={body.cols} />
      <Box columnGap={1}>
        {files !== null && (
          <Pane
            lines={diffFiles({theme, size: files, files: diff?.files ?? [], chosen, commented})}
            columns={files.cols}
          />
        )}
        <Pane lines={lines} columns={text.cols} />
      </Box>
    </Box>
  );

  function empty(): string[] {
    const says = diff === null ? '' : `  nothing changed since ${diff.base}`;
    return [' '.repeat(text.cols), line(theme, text.cols, [['faint', says]])];
  }
}
