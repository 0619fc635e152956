// What ajv says of payloads, as JSON on standard output: node verdicts.cjs FILE AJV
//
// FILE holds {payloads, questions: [{schema, payloads: [index into payloads, ...]}, ...]}.
// The answer is null where there is no module AJV, or else, for each question, {refused, logged, verdicts}: why the
// schema does not compile, or null; what was written to the console; and [valid, [[instancePath, keyword], ...]] for
// each payload.
"use strict";

const { readFileSync } = require("node:fs");

const logged = [];
for (const level of ["debug", "error", "info", "log", "warn"]) {
  console[level] = (...words) => logged.push(words.join(" "));
}

function find(name) {
  try {
    return require.resolve(name, { paths: [process.cwd(), __dirname] });
  } catch (error) {
    // A module that is there but broken must not look like one that is missing.
    if (error.code === "MODULE_NOT_FOUND") return null;
    throw error;
  }
}

function place(error) {
  // An unknown key of a closed object is a problem of its own.
  const key = error.keyword === "additionalProperties" ? error.params.additionalProperty : null;
  return key === null ? error.instancePath : `${error.instancePath}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function answer(ajv, schema, payloads) {
  let refused = null;
  let verdicts = [];
  try {
    const validate = ajv.compile(schema);
    verdicts = payloads.map((payload) => {
      const valid = validate(payload);
      return [valid, (validate.errors ?? []).map((error) => [place(error), error.keyword])];
    });
  } catch (error) {
    refused = String(error);
  }
  // It takes every $id once.
  ajv.removeSchema();
  return { refused, logged: logged.splice(0), verdicts };
}

function answers(file, path) {
  const { payloads, questions } = JSON.parse(readFileSync(file, "utf8"));
  const Ajv2020 = require(path).default;
  // One for all schemas, because it compiles the schema of schemas first.
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  return questions.map((question) =>
    answer(ajv, question.schema, question.payloads.map((index) => payloads[index])),
  );
}

const [file, name] = process.argv.slice(2);
const path = find(name);
process.stdout.write(JSON.stringify(path === null ? null : answers(file, path)));
