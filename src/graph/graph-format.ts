// What a graph file calls itself. Apart from the schema, so that the page can make a graph without loading zod.

export const graphFormat = 'chainrule/graph';
export const graphVersion = 1;
