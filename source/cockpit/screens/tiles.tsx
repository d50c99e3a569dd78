import {Box} from 'ink';
import {memo} from 'react';
import type {SessionView} from '../../domain/fleet.ts';
import type {Screen} from '../../domain/screen.ts';
import {tilesInSight} from '../fleet-view.ts';
import type {Layout, Size} from '../layout.ts';
import {Pane} from '../panes/pane.tsx';
import {peekLines} from '../panes/peek.ts';
import {asksOf} from '../requests.ts';
import type {State} from '../state.ts';
import type {Theme} from '../theme.ts';

/** Live screens side by side; what is typed goes to the selected one. */
export function TilesScreen({state, theme, layout}: {state: State; theme: Theme; layout: Layout}) {
  const {tiles, grid} = tilesInSight(state);
  const {mode, selected, screens, connection} = state;
  const asks = asksOf(state.requests);
  const rows = Array.from({length: Math.ceil(tiles.length / grid.columns)}, (_, y) =>
    tiles.slice(y * grid.columns, (y + 1) * grid.columns),
  );
  return (
    <Box flexDirection="column" width={layout.body.cols} height={layout.body.rows}>
      {rows.map(row => (
        <Box key={row[0]!.id} columnGap={1}>
          {row.map(session => (
            <Tile
              key={session.id}
              theme={theme}
              cols={grid.tile.cols}
              rows={grid.tile.rows}
              session={session}
              screen={screens.get(session.id) ?? null}
              chosen={session.id === selected}
              typing={mode.kind === 'typing' && mode.session === session.id}
              asked={asks.get(session.id) ?? null}
              stale={connection.kind === 'lost'}
            />
          ))}
        </Box>
      ))}
    </Box>
  );
}

type TileProps = Size & {
  theme: Theme;
  session: SessionView;
  screen: Screen | null;
  chosen: boolean;
  typing: boolean;
  asked: string | null;
  stale: boolean;
};

/** Painted again only when something of its own changed: the others print meanwhile. */
const Tile = memo(function Tile({cols, rows, chosen, ...props}: TileProps) {
  return <Pane lines={peekLines({...props, size: {cols, rows}, tile: {chosen}})} columns={cols} />;
});
