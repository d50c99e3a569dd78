/** A flag's names: one, or several with commas between them; a case's name may hold a comma with a space behind it. */
export const namesIn = (flag: string | undefined): string[] => flag?.split(/,(?! )/) ?? [];

/** Nobody asked for anything in particular, or for this. */
export const isAsked = (flag: string | undefined, name: string): boolean =>
  flag === undefined || namesIn(flag).includes(name);
