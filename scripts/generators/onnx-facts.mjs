// What reference pages and in-app help say of an operator's counterpart in ONNX: from the record and from the forms.
import { loadTypeScript } from '../lib/load-typescript.mjs';

/** Answers the facts of a record: `names`, ONNX's of our attributes where they differ; `written`, what becomes of it in a file. */
export async function onnxFacts() {
  const [{ onnxForms }, { writeForms }] = await loadTypeScript([
    'src/formats/onnx/forms.generated.ts',
    'src/formats/onnx/writing/write-forms.ts',
  ]);
  return (record) => ({
    names: record.onnx?.attributes ?? {},
    written: writtenAs(record, onnxForms, writeForms),
  });
}

function writtenAs({ id, expand, traits }, forms, writeForms) {
  if (traits.source) return `written as an ${traits.source === 'feed' ? 'input' : 'initialiser'} of the model`;
  const names = [...new Set(forms.filter(({ write }) => write && Object.hasOwn(write, id)).map(({ op }) => op))];
  if (names.length > 0) return `written as ${names.map((name) => `\`${name}\``).join(' or ')}`;
  if (Object.hasOwn(writeForms, id)) return 'written by other operators';
  return expand ? 'written as the operators that it opens into' : 'not written';
}
