import type {CardView} from '../../domain/board.ts';
import {age, momentText} from '../ages.ts';
import {cut, plain, skip, width, wrap} from '../draw/cells.ts';
import {type Frame, framed, inside} from '../draw/frame.ts';
import {type Shapes, unicodeShapes} from '../draw/shapes.ts';
import {fill, type Span} from '../draw/spans.ts';
import type {Size} from '../layout.ts';
import type {Theme} from '../theme.ts';

type Details = {body: Size; card: CardView; now: number};
export type CardDetailsProps = Details & {theme: Theme /** First line in sight. */; top: number};

const WIDEST = 96;
const NAMES = 10;
type Line = readonly Span[];

/** All that is known of a card, its newest history first. */
export function cardDetailsPane(props: CardDetailsProps): {lines: string[]; columns: number} {
  const {theme, body, card} = props;
  const columns = Math.min(body.cols, WIDEST);
  const text = detailLines({...props, shapes: theme.shapes}, columns - 6);
  const room = Math.max(1, Math.min(text.length, body.rows - 2));
  const top = Math.max(0, Math.min(props.top, text.length - room));
  const shown = text.slice(top, top + room);
  const frame: Frame = {
    theme,
    columns,
    heavy: true,
    token: 'selected',
    left: [['strong', card.id]],
    right: [['dim', card.status]],
    ...(text.length > room ? {foot: [['dim', `${top + 1}-${top + room} of ${text.length}`] as Span]} : {}),
  };
  const lines = shown.map(spans => inside(frame, [[null, ' '], ...spans]));
  return {lines: framed(frame, fill(lines, room, columns - 2)), columns};
}

/** How far it can be scrolled. */
export function cardDetailsEnd(props: Details): number {
  const columns = Math.min(props.body.cols, WIDEST);
  return Math.max(
    0,
    detailLines({...props, shapes: unicodeShapes}, columns - 6).length - Math.max(1, props.body.rows - 2),
  );
}

function detailLines({shapes, card, now}: Details & {shapes: Shapes}, columns: number): Line[] {
  const dot = ` ${shapes.dot} `;
  const fact = (name: string, value: string): Line[] =>
    value === ''
      ? []
      : wrap(plain(value), columns - NAMES).map(
          (part, i): Line => [
            ['dim', (i === 0 ? name : '').padEnd(NAMES)],
            [null, part],
          ],
        );
  const title = wrap(plain(card.title), columns).map((text): Line => [['strong', text]]);
  return [
    ...title,
    [],
    ...claimLines(shapes, {card, now, columns}),
    ...fact('session', card.claim === null ? (card.session ?? '') : ''),
    ...fact('project', card.project ?? ''),
    ...fact('priority', card.priority === 0 ? '' : String(card.priority)),
    ...fact('tags', card.tags.join(dot)),
    ...fact('waits for', card.depends_on.join(dot)),
    ...card.links.flatMap((link, i) => fact(i === 0 ? 'links' : '', link)),
    ...fact('made', momentText(card.created_at * 1000, now)),
    ...fact('changed', momentText(card.updated_at * 1000, now)),
    ...(card.desc.trim() === '' ? [] : [[], ...textLines(card.desc, columns)]),
    [],
    [['dim', 'History']],
    ...card.history.toReversed().flatMap(event => historyLines(event, {now, columns})),
  ];
}

type Claimed = {card: CardView; now: number; columns: number};

function claimLines(shapes: Shapes, {card: {claim, id}, now, columns}: Claimed): Line[] {
  if (claim === null) return [];
  const {holder, since, heartbeat, expires, expired, fence} = claim;
  const heard = age(heartbeat, now);
  const facts = [
    `since ${momentText(since * 1000, now)}`,
    `heard ${heard === 'now' ? 'just now' : `${heard} ago`}`,
    `fence ${fence}`,
  ].join(` ${shapes.dot} `);
  const below = (text: string, token: 'dim' | 'failed'): Line[] =>
    wrap(text, columns - NAMES).map(
      (part): Line => [
        [null, ' '.repeat(NAMES)],
        [token, part],
      ],
    );
  const name: Line = [
    ['dim', 'claim'.padEnd(NAMES)],
    [expired ? 'failed' : null, `${expired ? `${shapes.failed} ` : ''}${plain(holder)}`],
  ];
  const end = `expired ${age(expires, now)} ago: another session may claim ${id}`;
  return [name, ...(expired ? below(end, 'failed') : []), ...below(facts, 'dim')];
}

function historyLines(
  {at, actor, change, reason}: CardView['history'][number],
  {now, columns}: {now: number; columns: number},
): Line[] {
  const when = momentText(at * 1000, now);
  const said = `${change}${reason === '' ? '' : `: ${reason}`}`;
  const who = `${when}  ${plain(actor)}  `;
  const [first = '', ...more] = wrap(plain(said), Math.max(8, columns - width(who)));
  const below = more.length === 0 ? [] : wrap(more.join(' '), columns - 2);
  return [
    [
      ['faint', `${when}  `],
      ['dim', `${plain(actor)}  `],
      [null, first],
    ],
    ...below.map(
      (text): Line => [
        [null, '  '],
        [null, text],
      ],
    ),
  ];
}

/** A description keeps its lines and their beginnings; what is too long is broken. */
function textLines(text: string, columns: number): Line[] {
  return text
    .trimEnd()
    .split('\n')
    .flatMap(part => {
      const lines: Line[] = [];
      let rest = plain(part.replace(/\t/g, '  ')).trimEnd();
      while (width(rest) > columns) {
        const whole = cut(rest, columns);
        const blank = whole.lastIndexOf(' ');
        const head = blank > whole.length / 2 ? whole.slice(0, blank) : whole;
        lines.push([[null, head]]);
        rest = skip(rest, width(head)).trimStart();
      }
      return [...lines, [[null, rest]]];
    });
}
