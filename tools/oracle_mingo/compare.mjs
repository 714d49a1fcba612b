// Reads what oracle_cases prints, does the same with mingo, and reports where the two differ (README.md).
//
//     oracle_cases 100000 restricted.json | node compare.mjs [--show N] [--only TEXT]
//
// --show N: print N examples of each class of difference. --only TEXT: only operations whose JSON has the text.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

// mingo is installed outside the tree: MINGO names the folder that has node_modules in it.
const require = createRequire(join(process.env.MINGO ?? "/tmp/mingo", "package.json"));
const mingo = await import(pathToFileURL(require.resolve("mingo")).href);
const { find, aggregate, updateOne, updateMany } = mingo.default ?? mingo;

const option = (name, fallback) => {
    const at = process.argv.indexOf(name);
    return at < 0 ? fallback : process.argv[at + 1];
};
const show = Number(option("--show", 1));
const only = option("--only", "");

// Relaxed Extended JSON to JavaScript's values.
function revive(value) {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map(revive);
    const keys = Object.keys(value);
    if (keys.length === 1) {
        const [key] = keys;
        const inner = value[key];
        if (key === "$date") return new Date(typeof inner === "object" ? Number(inner.$numberLong) : inner);
        if (key === "$numberDouble" || key === "$numberLong" || key === "$numberInt") return Number(inner);
    }
    return Object.fromEntries(keys.map((key) => [key, revive(value[key])]));
}

// A text that is equal for equal values; `loosely`: without the order of keys, and with rounded numbers.
function text(value, loosely = false) {
    if (value === undefined) return "undefined";
    if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
    if (typeof value === "number") {
        if (Object.is(value, -0)) return "0";
        return loosely && Number.isFinite(value) ? value.toPrecision(12) : String(value);
    }
    if (value instanceof Date) return `date(${value.getTime()})`;
    if (Array.isArray(value)) return `[${value.map((one) => text(one, loosely)).join(",")}]`;
    if (value instanceof RegExp) return String(value);
    const keys = Object.keys(value).filter((key) => value[key] !== undefined);
    if (loosely) keys.sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${text(value[key], loosely)}`).join(",")}}`;
}

const options = () => ({ processingMode: "CLONE_ALL" });
const clone = (value) => revive(value);

function play(given, step) {
    const filter = clone(step.filter ?? {});
    switch (step.op) {
        case "find": {
            let cursor = find(given, filter, step.project ? clone(step.project) : undefined, options());
            if (step.sort) cursor = cursor.sort(clone(step.sort));
            if (step.skip) cursor = cursor.skip(step.skip);
            if (step.limit) cursor = cursor.limit(step.limit);
            return { items: cursor.all() };
        }
        case "count":
            return { items: [find(given, filter, undefined, options()).all().length] };
        case "aggregate":
            return { items: aggregate(given, clone(step.pipeline), options()) };
        case "update_one":
        case "update_many": {
            const operation = step.op === "update_one" ? updateOne : updateMany;
            operation(given, filter, clone(step.update), { cloneMode: "deep" }, options());
            return { contents: given };
        }
        default:
            return undefined;
    }
}

// The operators of an operation: what a class of differences is named after.
function operators(value, found = new Set()) {
    if (Array.isArray(value)) {
        value.forEach((one) => operators(one, found));
    } else if (value !== null && typeof value === "object") {
        for (const [key, inner] of Object.entries(value)) {
            if (key.startsWith("$") && !key.startsWith("$number")) found.add(key);
            operators(inner, found);
        }
    }
    return found;
}

const grouped = (step) => step.op === "aggregate" && step.pipeline.some((stage) => stage.$group);

function verdict(line, ours, theirs) {
    if (line.error !== undefined) return theirs.error === undefined ? "sheaf refuses" : "";
    if (theirs.error !== undefined) return "mingo refuses";
    const part = theirs.contents ? "contents" : "items";
    const lists = [ours[part], theirs[part]];
    const texts = (loosely) => lists.map((list) => {
        const made = list.map((one) => text(one, loosely));
        if (grouped(line.do)) made.sort();
        return made.join("\n");
    });
    const [a, b] = texts(false);
    if (a === b) return "";
    const [c, d] = texts(true);
    return c === d ? "order of keys, or rounding" : "different";
}

const classes = new Map();
let compared = 0;
let agreed = 0;
for await (const raw of createInterface({ input: process.stdin })) {
    if (only && !raw.includes(only)) continue;
    const line = JSON.parse(raw);
    let theirs;
    try {
        theirs = play(clone(line.given), line.do);
        if (theirs === undefined) continue;
    } catch (error) {
        theirs = { error: String(error.message ?? error) };
    }
    ++compared;
    const ours = { items: clone(line.items ?? []), contents: clone(line.contents ?? []) };
    const what = verdict(line, ours, theirs);
    if (what === "") {
        ++agreed;
        continue;
    }
    const name = `${what}: ${line.do.op} ${[...operators(line.do)].sort().join(" ")}`;
    const known = classes.get(name) ?? { count: 0, examples: [] };
    ++known.count;
    known.examples.push({ size: raw.length, line, theirs });
    known.examples.sort((one, other) => one.size - other.size);
    known.examples.length = Math.min(known.examples.length, show);
    classes.set(name, known);
}

const sorted = [...classes].sort((one, other) => other[1].count - one[1].count);
for (const [name, { count, examples }] of sorted) {
    console.log(`${count} ${name}`);
    for (const { line, theirs } of examples) {
        console.log(`    do    ${JSON.stringify(line.do)}\n    given ${JSON.stringify(line.given)}`);
        console.log(`    sheaf ${JSON.stringify(line.error ? `${line.error} ${line.code}` : line.contents ?? line.items)}`);
        console.log(`    mingo ${theirs.error ?? text(theirs.contents ?? theirs.items)}`);
    }
}
console.log(`${compared} compared, ${agreed} agree, ${compared - agreed} differ in ${classes.size} classes`);
