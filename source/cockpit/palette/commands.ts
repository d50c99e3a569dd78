import {stateText} from '../attention.ts';
import {groupings} from '../grouping.ts';
import {tabs} from '../keymap.ts';
import {allInOrder} from '../listing.ts';
import {knownModels} from '../model-choice.ts';
import type {State} from '../state.ts';
import {readTags, tagsKnown} from '../tags.ts';
import type {Argument, Command, Offer} from './command.ts';

const sessions = (state: State): Offer[] =>
  allInOrder(state).map(session => ({
    text: session.name,
    about: stateText(session),
  }));

const none = (state: State): string | null => ((state.sessions ?? []).length > 0 ? null : 'there are no sessions');

const others = (state: State, before: readonly string[]): Offer[] =>
  sessions(state).filter(({text}) => !before.includes(text));

/** Without a name: those that are marked, else the selected one. */
const names: Argument = {name: 'NAME', optional: true, rest: 'words', offers: others};

/** What the palette does besides the keys. A new one is one record here. */
export const commands: readonly Command[] = [
  {
    name: 'go',
    help: 'to a session',
    args: [{name: 'NAME', offers: sessions}],
    whyNot: none,
    run: (deeds, [name]) => deeds.onNamed([name!], ([id]) => deeds.goTo(id!)),
  },
  {
    name: 'screen',
    help: 'to another screen',
    args: [{name: 'SCREEN', offers: () => tabs.map(({place, title}) => ({text: place, about: title}))}],
    run: (deeds, [wanted]) => {
      const found = tabs.find(({place}) => place === wanted);
      if (found === undefined) deeds.say(`there is no screen ${wanted}`);
      else deeds.dispatch({type: 'place', place: found.place});
    },
  },
  {
    name: 'send',
    help: 'send a text to a session',
    args: [
      {name: 'NAME', offers: sessions},
      {name: 'TEXT', rest: 'text'},
    ],
    whyNot: none,
    run: (deeds, [name, text]) => deeds.onNamed([name!], to => deeds.sendTo(to, {text: text!})),
  },
  {
    name: 'start',
    help: 'start sessions: those named, the marked ones, or the selected one',
    args: [names],
    whyNot: none,
    run: (deeds, given) => deeds.onNamed(given, ids => deeds.startThese(ids)),
  },
  {
    name: 'stop',
    help: 'stop sessions; asks when one of them works, or there are several',
    args: [names],
    whyNot: none,
    run: (deeds, given) => deeds.onNamed(given, ids => deeds.stopThese(ids)),
  },
  {
    name: 'restart',
    help: 'stop sessions, as far as they run, and start them',
    args: [names],
    whyNot: none,
    run: (deeds, given) => deeds.onNamed(given, ids => deeds.restartThese(ids)),
  },
  {
    name: 'model',
    help: 'give sessions another model, at the next turn boundary',
    args: [
      {
        name: 'MODEL',
        offers: state =>
          knownModels(state.sessions ?? []).map(({model, count}) => ({
            text: model,
            about: count === 0 ? '' : `${count} ${count === 1 ? 'session' : 'sessions'}`,
          })),
      },
      names,
    ],
    whyNot: none,
    run: (deeds, [model, ...given]) => deeds.onNamed(given, ids => deeds.switchTo(ids, model!)),
  },
  {
    name: 'compact',
    help: 'make conversations shorter, at the next turn boundary',
    args: [names],
    whyNot: none,
    run: (deeds, given) => deeds.onNamed(given, ids => deeds.compactThese(ids)),
  },
  {
    name: 'tag',
    help: 'tag sessions: +TAG gives, -TAG takes away',
    args: [
      {
        name: '[NAME…] ±TAG',
        rest: 'words',
        offers: (state, before) => [
          ...tagsKnown(state.sessions ?? []).map(({tag, count}) => ({text: `+${tag}`, about: `${count}`})),
          ...others(state, before),
        ],
      },
    ],
    whyNot: none,
    run: (deeds, given) => {
      const isTag = (word: string): boolean => /^[+-]/.test(word);
      const change = readTags(given.filter(isTag).join(' '));
      if (change.add.length + change.remove.length === 0) return deeds.say('no tag is named', 'tag api +urgent -later');
      deeds.onNamed(
        given.filter(word => !isTag(word)),
        ids => deeds.tagThese(ids, change),
      );
    },
  },
  {
    name: 'mark',
    help: 'mark sessions',
    args: [{name: 'NAME', rest: 'words', offers: others}],
    whyNot: none,
    run: (deeds, given) => deeds.onNamed(given, ids => deeds.dispatch({type: 'marks', step: {do: 'add', ids}})),
  },
  {
    name: 'theme',
    help: 'another theme, by its name',
    args: [
      {
        name: 'NAME',
        offers: ({dialog}) => (dialog.kind === 'palette' ? dialog.themes.map(text => ({text, about: ''})) : []),
      },
    ],
    run: (deeds, [name]) => deeds.setTheme(name!),
  },
  {
    name: 'group',
    help: 'group the sessions',
    args: [{name: 'BY', offers: () => groupings.map(text => ({text, about: ''}))}],
    run: (deeds, [wanted]) => {
      const by = groupings.find(each => each === wanted);
      if (by === undefined) deeds.say(`sessions cannot be grouped by ${wanted}`);
      else deeds.dispatch({type: 'grouping', step: {do: 'by', by}});
    },
  },
  {
    name: 'filter',
    help: 'show only sessions that a text is in; without one, all',
    args: [{name: 'TEXT', optional: true, rest: 'text'}],
    run: (deeds, [text]) => deeds.dispatch({type: 'filter', text: text ?? ''}),
  },
];
