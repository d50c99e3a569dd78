import {Box, Text, useIsScreenReaderEnabled} from 'ink';
import {memo} from 'react';

type PaneProps = {
  /** Lines of exactly `columns` cells, already painted. */
  lines: readonly string[];
  columns: number;
};

/** One `<Text>` per pane: Ink's cost is in its segments. The same text is the same pane. To be heard, it has no blanks around. */
export function Pane({lines, columns}: PaneProps) {
  const isSpoken = useIsScreenReaderEnabled();
  if (isSpoken) {
    const said = lines.map(line => line.trim()).filter(line => line !== '');
    return <Text>{said.join('\n')}</Text>;
  }
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
