// To be imported first: engines that would spread over workers unasked find none.
globalThis.Worker = undefined;
