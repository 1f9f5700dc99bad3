// What commands ask of the canvas that is on screen; the canvas registers itself.
export interface CanvasPort {
  fit(): void;
  /** Centres and enlarges these nodes of the scope. */
  zoomTo(nodes: readonly string[]): void;
  /** Moves the view so far that this node of the scope is seen whole, if it is not. */
  show(node: string): void;
  /** Arranges the scope; resolves when the positions are in the document. */
  arrange(): Promise<void>;
  /** A place of the canvas under a point of the window. */
  placeAt(x: number, y: number): readonly [x: number, y: number];
  /** Where something new should appear: under the pointer, or in the middle of what is seen. */
  placeForNew(): readonly [x: number, y: number];
}

export interface CanvasSlot {
  current: CanvasPort | null;
}
