import {Box} from 'ink';
import {fill, line} from '../draw/spans.ts';
import {answerKeys, type Keymap} from '../keymap.ts';
import {approvalAreas, type Layout} from '../layout.ts';
import {Pane} from '../panes/pane.tsx';
import {requestPane} from '../panes/request.ts';
import {requestCards, requestList} from '../panes/requests.ts';
import {requestInHand} from '../requests.ts';
import {type State, shownAt} from '../state.ts';
import type {Theme} from '../theme.ts';

type ApprovalsProps = {state: State; theme: Theme; layout: Layout; keymap: Keymap};

/** All that waits for a person, beside or above the whole of the chosen one. */
export function ApprovalsScreen({state, theme, layout, keymap}: ApprovalsProps) {
  const {body} = layout;
  const {requests} = state;
  const now = shownAt(state);
  if (requests.open.length === 0) {
    const empty = [' '.repeat(body.cols), line(theme, body.cols, [['faint', '  nothing waits for you']])];
    return <Pane lines={fill(empty, body.rows, body.cols)} columns={body.cols} />;
  }
  const {side, list, detail} = approvalAreas(body, requests.open.length);
  const props = {theme, size: list, open: requests.open, chosen: requests.chosen, now};
  const lines = side ? requestCards(props) : requestList(props);
  const text = requestPane({
    theme,
    size: detail,
    request: requestInHand(state),
    top: requests.top,
    now,
    keys: answerKeys(keymap),
  });
  return (
    <Box flexDirection={side ? 'row' : 'column'} columnGap={side ? 1 : 0}>
      <Pane lines={lines} columns={list.cols} />
      <Pane lines={text} columns={detail.cols} />
    </Box>
  );
}
