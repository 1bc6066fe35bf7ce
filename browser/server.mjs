// A demo city of its own for a test file: started on a free port with a fresh data folder, gone afterwards.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const PASSWORD = "Sijian-Demo-2026";
export const TODAY = "2026-09-25";
/** A debug build makes a city of 120 cases within this on a slow machine. */
const START_MS = 120_000;
const STOP_MS = 10_000;

export function binary() {
  if (process.env.SIJIAN_BIN) return process.env.SIJIAN_BIN;
  const here = import.meta.dirname;
  const known = ["debug", "demo"].map((profile) => join(here, "..", "target", profile, "sijian"));
  const found = known.find(existsSync);
  if (!found) throw new Error(`no sijian to start: neither ${known.join(" nor ")} is there; build one or set SIJIAN_BIN`);
  return found;
}

const freePort = () => new Promise((resolve, reject) => {
  const probe = createServer().once("error", reject);
  probe.listen(0, "127.0.0.1", () => { const { port } = probe.address(); probe.close(() => resolve(port)); });
});

/** PostgreSQL: a database of its own beside the one that is named, so that two test files never share a city. */
function ownDatabase(url) {
  if (!url) return { env: {}, drop: () => {} };
  const name = `sijian_story_${process.pid}`;
  const sql = (text) => {
    const done = spawnSync("psql", ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", url, "--command", text], { encoding: "utf8" });
    if (done.error || done.status !== 0) throw new Error(`psql: ${done.error ?? done.stderr}`);
  };
  sql(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { env: { SIJIAN_DATABASE_URL: own.href }, drop: () => sql(`drop database if exists ${name} with (force)`) };
}

/** Starts a city; its address, and how to stop it. */
export async function startCity({ cases = 120, ring = false } = {}) {
  const data = await mkdtemp(join(tmpdir(), "sijian-story-"));
  const port = await freePort();
  const database = ownDatabase(process.env.SIJIAN_DATABASE_URL);
  const program = spawn(
    binary(),
    ["demo", "--data", data, "--port", String(port), "--cases", String(cases), "--today", TODAY, ...(ring ? ["--ring"] : [])],
    { env: { ...process.env, ...database.env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  for (const stream of [program.stdout, program.stderr]) stream.setEncoding("utf8").on("data", (text) => { said += text; });
  const ended = new Promise((resolve) => {
    program.once("error", (error) => { said += error; resolve(); }).once("exit", resolve);
  });
  const kill = () => program.kill("SIGKILL");
  // Also when the run is broken off: no server and no folder is left behind.
  const breakOff = () => { kill(); rmSync(data, { recursive: true, force: true }); };
  const leave = () => process.exit(1);
  process.once("exit", breakOff).once("SIGINT", leave).once("SIGTERM", leave);
  const stop = async () => {
    program.kill("SIGTERM");
    const patience = setTimeout(kill, STOP_MS);
    await ended;
    clearTimeout(patience);
    process.off("exit", breakOff).off("SIGINT", leave).off("SIGTERM", leave);
    await rm(data, { recursive: true, force: true });
    database.drop();
  };
  const base = `http://127.0.0.1:${port}`;
  try {
    await answers(`${base}/`, () => program.exitCode !== null || program.pid === undefined);
  } catch (error) {
    await stop();
    throw new Error(`${error.message}; it said:\n${said}`);
  }
  return { base, stop, said: () => said };
}

async function answers(address, hasEnded) {
  const until = Date.now() + START_MS;
  while (Date.now() < until) {
    if (hasEnded()) throw new Error("sijian ended before it answered");
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no answer from ${address} within ${START_MS / 1000} s`);
}
