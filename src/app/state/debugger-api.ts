import type { HaltsApi } from '../../engine/protocol/halts.ts';
import type { TimelineApi } from '../../engine/protocol/timeline.ts';
import type { EngineApi } from '../../engine/protocol.ts';

/** The worker contract with what the debugger asks of halts and history. */
export type DebuggerApi = EngineApi & HaltsApi & TimelineApi;
