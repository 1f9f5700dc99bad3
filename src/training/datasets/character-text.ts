/** The text that `characters` learns: plain words and few signs, with turns that come back so that a small net finds them. */
export const characterText = `A number goes into the graph and another number comes out. Between the two there is nothing but small steps, and every step can be seen. A sum waits for its two terms. A product waits for its two factors. When all that a node waits for has arrived, the node does its one small thing and hands the result on.

Forward, the values run with the wires. Backward, the gradients run against the wires. At the end of the graph stands the loss, a single number that says how wrong the whole is. Its own gradient is one, and from there the blame is handed back, node by node, until every weight knows its share.

A sum hands the blame on as it came, the same to both of its terms. A product hands it on crosswise: each factor gets the blame times the other factor. A maximum gives all of it to the winner and nothing to the loser. Where a value went two ways, the two shares come back and are added. That is the whole rule, and the chain of it has no end.

What does the weight do with its share? It takes a step, a small one, down the hill. The learning rate says how small. If the step is too long, the loss jumps about and flies away. If the step is too short, the loss creeps and the night grows long. Somewhere between the two there is a step that is just right, and it is found by trying.

The river runs down to the sea, and the loss runs down to the valley. The river does not know the sea, and the weight does not know the valley. The river knows only which way is down, here, under this stone. The weight knows only which way is down, here, at this batch. And still the river comes to the sea, and still the loss comes down.

The net reads a letter and guesses the next. At first it guesses badly, for it knows nothing: every letter is as likely as every other. Then it learns that a space follows a word, that a letter u follows the letter q, that the word the is never far away. Then it learns the small words, and then the longer words, and at last it learns where a sentence ends.

It keeps in mind what it has read, not as letters but as numbers, and at every letter it asks three questions. What shall I forget? What shall I write down? What shall I say? The gates open and the gates close, and what was written long ago is carried on, letter by letter, until it is wanted.

Do not trust a net that you have not looked into. Look at the first layer: are there edges, are there colours, or is there only noise? Look at the values: are they dead, are they all the same, do they grow without end? Look at the gradient: does it reach the first layer, or does it fade on the way? Stop the run, step back, and ask the number where it came from. A number that cannot say where it came from is not yet yours.
`;
