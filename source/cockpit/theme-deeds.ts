import type {Themes} from './themes.ts';

export type ThemeDeeds = {
  /** Names of all themes, in the order in which they are changed through. */
  themes: () => readonly string[];
  nextTheme: () => void;
  /** Says so when there is none with this name. */
  setTheme: (name: string) => void;
};

type Options = {themes: Themes; say: (message: string, hint?: string) => void};

/** Another theme for this cockpit; the configuration says which one it starts with. */
export function themeDeeds({themes, say}: Options): ThemeDeeds {
  const tell = (name: string): void => say(`theme ${name}`, `"theme: ${name}" in config.yaml keeps it`);
  return {
    themes: () => themes.names,
    nextTheme: () => tell(themes.next().name),
    setTheme: name => {
      const theme = themes.choose(name);
      if (theme === null) say(`there is no theme "${name}"`, `there are ${themes.names.join(', ')}`);
      else tell(theme.name);
    },
  };
}
