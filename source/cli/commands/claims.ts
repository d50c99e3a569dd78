import type {CardView} from '../../domain/board.ts';
import {AmuxError} from '../../domain/errors.ts';
import {printable} from '../../domain/screen.ts';
import type {Context, Run} from '../command.ts';
import {boolFlag, listFlag, textFlag} from '../flags.ts';
import {reasonOf} from './cards.ts';

/** A card by its id, or the best one that is free. Its text is shown, because whoever claims it needs that next. */
export const claim: Run = async context => {
  const [id] = context.args;
  const next = boolFlag(context, 'next');
  const tags = listFlag(context, 'tag');
  if ((id === undefined) !== next) {
    const why = next ? '--next chooses a card by itself' : 'which card?';
    throw new AmuxError('input.invalid', {why, next: 'amux board claim ID, or amux board claim --next'});
  }
  if (tags.length > 0 && !next) {
    throw new AmuxError('input.invalid', {why: '--tag is for --next', next: 'leave it out'});
  }
  const session = sessionOf(context);
  if (session === undefined) {
    const hint = '--session NAME; inside a session it is that one';
    throw new AmuxError('input.invalid', {why: 'for which session?', next: hint});
  }
  const fleet = await context.fleet('write');
  const tell = boolFlag(context, 'tell') ? {tell: true} : {};
  const card =
    id === undefined
      ? await fleet.nextCard({session, ...(tags.length === 0 ? {} : {tags}), ...tell})
      : await fleet.claimCard(id, {session, ...tell});
  show(context, card);
  return 0;
};

export const release: Run = async context => {
  const [id] = context.args as [string];
  const fleet = await context.fleet('write');
  const session = textFlag(context, 'session');
  const card = await fleet.releaseCard(id, {...(session === undefined ? {} : {session}), ...reasonOf(context)});
  if (context.output.json) context.output.value(card);
  else context.output.line(`${card.id} is free again, in ${card.status}: ${printable(card.title)}`);
  return 0;
};

/** `--session`, else the session that this runs in. */
const sessionOf = (context: Context): string | undefined =>
  textFlag(context, 'session') ?? (context.env['AMUX_SESSION'] || undefined);

function show({output}: Context, card: CardView): void {
  if (output.json) {
    output.value(card);
    return;
  }
  const {id, title, desc, claim} = card;
  output.line(`${id} is held by ${claim?.holder ?? card.session} · amux board done ${id} when it is done`);
  output.line();
  for (const line of [title, ...(desc === '' ? [] : ['', ...desc.split('\n')])]) output.line(printable(line));
}
