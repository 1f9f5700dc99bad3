/** An element that is looked at. */
export interface Place {
  readonly name: string;
  readonly index: number;
}
