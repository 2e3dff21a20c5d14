// What packages of npm say of credentials that are read from standard input:
// @sd-jwt/sd-jwt-vc of an SD-JWT VC, its times, its holder and its status; jose, with
// @sd-jwt/jwt-status-list, of a badge and its status.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { getListFromStatusListJWT } from "@sd-jwt/jwt-status-list";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { compactVerify, importJWK, jwtVerify } from "jose";

const verifying = (jwk) => async (data, signature) => {
  await compactVerify(`${data}.${signature}`, await importJWK(jwk, jwk.alg ?? "ES256"));
  return true;
};

async function wallet({ jwk, sd_jwt, list, nonce, audience }) {
  const instance = new SDJwtVcInstance({
    verifier: verifying(jwk),
    kbVerifier: (data, signature, { cnf }) => verifying(cnf.jwk)(data, signature),
    hasher: (data, name) =>
      createHash(name.replace("-", "")).update(data).digest(),
    statusListFetcher: async () => list,
  });
  const { payload, header, kb } = await instance.verify(sd_jwt, {
    requiredClaimKeys: ["vct", "level"],
    keyBindingNonce: nonce,
  });
  if (header.typ !== "dc+sd-jwt") throw new Error(`typ ${header.typ}`);
  if (payload.level !== "LEVEL_4") throw new Error(`level ${payload.level}`);
  if ("id_number" in payload) throw new Error("more is shown");
  if (kb.payload.aud !== audience) throw new Error("another audience");
}

async function badge({ jwk, badge, list, issuer }) {
  const key = await importJWK(jwk);
  const { payload } = await jwtVerify(badge, key, { issuer, typ: "vc+jwt" });
  const { uri, idx } = payload.status.status_list;
  await jwtVerify(list, key, { issuer, subject: uri, typ: "statuslist+jwt" });
  const status = getListFromStatusListJWT(list).getStatus(idx);
  if (status !== 0) throw new Error(`status ${status}`);
}

async function said(check, one) {
  try {
    await check(one);
    return null;
  } catch (error) {
    return String(error);
  }
}

const told = [];
for (const one of JSON.parse(readFileSync(0, "utf-8"))) {
  told.push({
    "@sd-jwt/sd-jwt-vc": await said(wallet, one),
    jose: await said(badge, one),
  });
}
process.stdout.write(JSON.stringify(told));
