/** A task on the board, as it is stored. Times are ms since the epoch. */
export type Card = {id: string; title: string; createdAt: number; updatedAt: number};
