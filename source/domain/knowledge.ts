/** What an agent found out, for the others; as it is stored. Times are ms since the epoch. */
export type Note = {id: string; text: string; createdAt: number};
