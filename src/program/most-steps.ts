/** So many time steps one recurrence may have at the most: it is unrolled, each is a part of the program. */
export const mostSteps = 10_000;
