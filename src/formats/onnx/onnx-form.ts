// The contract of a form: how one ONNX operator becomes nodes of ours, and which operators of ours it writes. One file (or one
// a small family) in forms/<family>/, exporting a form or a list of forms; `npm run gen` puts them into forms.generated.ts.
import type { ReadContext } from './reading/read-context.ts';
import type { WriteForm } from './writing/write-context.ts';

export interface OnnxForm {
  /** The ONNX operator. */
  readonly op: string;
  /** Left out: the default domain. */
  readonly domain?: string;
  /** Turns one ONNX node into nodes of ours, whatever its operator set; `context.fail` gives up with a reason. */
  read(context: ReadContext): void;
  /** Operators of ours that become this one: id → how. */
  readonly write?: Readonly<Record<string, WriteForm>>;
}
