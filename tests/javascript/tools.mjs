// What tools make of the plain form of a contract, as JSON on standard output: node tools.mjs FILE
//
// FILE holds {schema, draft07, live, broken, others}: two forms, and lists of payloads. The answer says for each tool
// which of the payloads it accepts; what it draws, completes or shows; and which code it generates. To be run in a
// folder with node_modules, because `import` does not know NODE_PATH.
import { readFileSync } from "node:fs";

const { schema, draft07, live, broken, others } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const title = schema.title;
const copy = () => structuredClone(schema);
const verdicts = async (accepts) => {
  const answers = [];
  for (const payloads of [live, broken]) {
    answers.push([]);
    for (const payload of payloads) answers.at(-1).push(Boolean(await accepts(payload)));
  }
  return { live: answers[0], broken: answers[1] };
};

async function ajv() {
  const options = { strict: true, discriminator: true };
  const { default: newest } = await import("ajv/dist/2020.js");
  const { default: older } = await import("ajv");
  const validate = new newest.default(options).compile(copy());
  const validate07 = new older.default(options).compile(draft07);
  const agreed = others.map((payload) => [validate(payload), validate07(payload)]);
  return { ...(await verdicts(validate)), others: agreed };
}

async function typescript() {
  const { compile } = await import("json-schema-to-typescript");
  return { code: await compile(copy(), title, { bannerComment: "", format: false }) };
}

async function zod() {
  const { fromJSONSchema } = await import("zod");
  const model = fromJSONSchema(copy());
  return verdicts((payload) => model.safeParse(payload).success);
}

async function quicktype() {
  const { FetchingJSONSchemaStore, InputData, JSONSchemaInput, quicktype: generate } = await import("quicktype-core");
  const source = new JSONSchemaInput(new FetchingJSONSchemaStore());
  await source.addSource({ name: title, schema: JSON.stringify(schema) });
  const inputData = new InputData();
  inputData.addInput(source);
  const { lines } = await generate({ inputData, lang: "javascript" });
  const module = { exports: {} };
  new Function("module", lines.join("\n"))(module);
  const read = module.exports[`to${title}`];
  return verdicts((payload) => {
    try {
      return read(JSON.stringify(payload));
    } catch {
      return false;
    }
  });
}

async function editor() {
  const { default: service } = await import("vscode-json-languageservice");
  const language = service.getLanguageService({ schemaRequestService: () => Promise.reject(new Error("no network")) });
  language.configure({ schemas: [{ uri: "file:///schema.json", fileMatch: ["*"], schema: copy() }] });
  const opened = (text) => {
    const document = service.TextDocument.create("file:///job.json", "json", 1, text);
    return [document, language.parseJSONDocument(document)];
  };
  const [document, parsed] = opened('{"status": ""}');
  const { items } = await language.doComplete(document, { line: 0, character: 12 }, parsed);
  const { contents } = await language.doHover(document, { line: 0, character: 4 }, parsed);
  const checked = await verdicts(async (payload) => {
    const problems = await language.doValidation(...opened(JSON.stringify(payload)));
    return problems.length === 0;
  });
  return { ...checked, completions: items.map((item) => item.label), hover: contents };
}

async function faker() {
  const { generate } = await import("json-schema-faker");
  const draws = [];
  for (let seed = 0; seed < 200; seed++) draws.push(await generate(copy(), { seed }));
  return { draws };
}

const answers = {};
for (const tool of [ajv, typescript, zod, quicktype, editor, faker]) answers[tool.name] = await tool();
process.stdout.write(JSON.stringify(answers));
