// The two ends of a wire as files spell them: `conv1.y`, or `in.x` and `out.y` at a block's own border.

export interface Endpoint {
  /** Id of the node, or `in` or `out`. */
  readonly node: string;
  readonly port: string;
}

/** undefined when the text is not `node.port`. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^([A-Za-z_]\w*)\.([A-Za-z_]\w*)$/.exec(text);
  return match === null ? undefined : { node: match[1] as string, port: match[2] as string };
}

/** `conv1.x` */
export function printEndpoint({ node, port }: Endpoint): string {
  return `${node}.${port}`;
}

/** Of a wire known to be well formed. */
export function endpointNode(text: string): string {
  return text.slice(0, text.lastIndexOf('.'));
}

/** Of a wire known to be well formed. */
export function endpointPort(text: string): string {
  return text.slice(text.lastIndexOf('.') + 1);
}
