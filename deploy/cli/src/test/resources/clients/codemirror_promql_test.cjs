// Completes expressions as an editor does: the server's URL, then expressions with `|` at the
// cursor. Prints a JSON object of the offered labels by expression.
const promql = require('@prometheus-io/codemirror-promql');
const { EditorState } = require('@codemirror/state');
const { CompletionContext } = require('@codemirror/autocomplete');

const [url, ...expressions] = process.argv.slice(2);

function fail(error) {
  console.error(error);
  process.exit(1);
}

async function complete(expression) {
  const cursor = expression.indexOf('|');
  const strategy = promql.newCompleteStrategy({ remote: { url, httpErrorHandler: fail } });
  const state = EditorState.create({
    doc: expression.replace('|', ''),
    extensions: [new promql.PromQLExtension().asExtension()],
  });
  const found = await strategy.promQL(new CompletionContext(state, cursor, false));
  return found === null ? [] : found.options.map((o) => o.label);
}

(async () => {
  const out = {};
  for (const expression of expressions) {
    out[expression] = await complete(expression);
  }
  console.log(JSON.stringify(out));
  process.exit(0);
})().catch(fail);
