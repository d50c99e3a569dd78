import {Box, Text} from 'ink';
import {memo} from 'react';

type PaneProps = {
  /** Lines of exactly `columns` cells, already painted. */
  lines: readonly string[];
  columns: number;
};

/** One `<Text>` per pane: Ink's cost is in its segments. The same text is the same pane. */
export function Pane({lines, columns}: PaneProps) {
  return <PaneText text={lines.join('\n')} columns={columns} rows={lines.length} />;
}

const PaneText = memo(function PaneText({text, columns, rows}: {text: string; columns: number; rows: number}) {
  return (
    <Box width={columns} height={rows} flexShrink={0}>
      <Text wrap="truncate">{text}</Text>
    </Box>
  );
});

/** A pane that lies over others, its upper left corner at the given cell. */
export function Overlay({lines, columns, x, y}: PaneProps & {x: number; y: number}) {
  return (
    <Box position="absolute" marginLeft={x} marginTop={y}>
      <Pane lines={lines} columns={columns} />
    </Box>
  );
}
