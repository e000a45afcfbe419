// PouchDB's replication with the same records; runs in a folder that has pouchdb and express-pouchdb.
// usage: pouchdb_peer.js FOLDER ROWS.jsonl COUNT. Prints {"first": seconds, "delta": seconds}.
"use strict";
const fs = require("fs");
const path = require("path");
const { fork } = require("child_process");
const modules = path.join(process.cwd(), "node_modules");
const [folder, rows, count] = [process.argv[2], process.argv[3], Number(process.argv[4])];

if (process.env.POUCH_SERVER) {
  const PouchDB = require(path.join(modules, "pouchdb")).defaults({ prefix: folder + "/server-" });
  const express = require(require.resolve("express", { paths: [path.join(modules, "express-pouchdb")] }));
  const app = express();
  app.use("/", require(path.join(modules, "express-pouchdb"))(PouchDB, { mode: "minimumForPouchDB", logPath: folder + "/log" }));
  const server = app.listen(0, "127.0.0.1", () => process.send(server.address().port));
} else {
  const PouchDB = require(path.join(modules, "pouchdb"));
  const records = fs.readFileSync(rows, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const documents = records.map(([key, value]) => ({ _id: key, value }));
  const server = fork(__filename, process.argv.slice(2), { env: { ...process.env, POUCH_SERVER: "1" } });
  server.on("message", async (port) => {
    try {
      const remote = new PouchDB(`http://127.0.0.1:${port}/rows`);
      const local = new PouchDB(folder + "/client");
      await fill(remote, documents.slice(0, count));
      const first = await pull(remote, local, count);
      await fill(remote, documents.slice(count));
      const delta = await pull(remote, local, documents.length);
      console.log(JSON.stringify({ first, delta }));
    } finally {
      server.kill();
    }
  });
}

async function fill(database, documents) {
  for (let start = 0; start < documents.length; start += 1000)
    await database.bulkDocs(documents.slice(start, start + 1000));
}

async function pull(remote, local, expected) {
  const begun = process.hrtime.bigint();
  await local.replicate.from(remote);
  const found = (await local.info()).doc_count;
  if (found !== expected) throw new Error(`${found} documents instead of ${expected}`);
  return Number(process.hrtime.bigint() - begun) / 1e9;
}
