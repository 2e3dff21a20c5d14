from collections.abc import AsyncIterator
from typing import Any, Optional, Union

from .base_client import BaseClient
from .base_model import UNSET, UnsetType
from .check_holder import CheckHolder
from .cursors import Cursors
from .enums import CertificateState, IdType, Language, Level
from .follow_changes import FollowChanges
from .input_types import ClaimInput, StatedCertificateInput
from .verify_claims import VerifyClaims


def gql(q: str) -> str:
    return q


class GeneratedClient(BaseClient):
    async def check_holder(
        self,
        id_number: str,
        item_code: str,
        level: Level,
        claim: ClaimInput,
        id_type: Union[Optional[IdType], UnsetType] = UNSET,
        name: Union[Optional[str], UnsetType] = UNSET,
        language: Union[Optional[Language], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> CheckHolder:
        query = gql("""
            query CheckHolder($idNumber: String!, $idType: IdType, $name: String, $itemCode: String!, $level: Level!, $claim: ClaimInput!, $language: Language = ZH) {
              holder(idNumber: $idNumber, idType: $idType, name: $name) {
                __typename
                certificates {
                  nodes {
                    id
                    title
                    item
                    itemCode
                    level
                    issuedOn
                    validUntil
                    state
                    authority {
                      name
                    }
                    provenance {
                      verdict
                    }
                  }
                }
                sources {
                  agency
                  outcome
                  asOf
                  reason(language: $language)
                }
                ... on Holder {
                  claimEligibility(itemCode: $itemCode, level: $level, claim: $claim) {
                    __typename
                    ... on Eligibility {
                      outcome
                      amountYuan
                      findings {
                        clause
                        outcome
                        reason(language: $language)
                        nextStep {
                          actor
                          words(language: $language)
                        }
                      }
                    }
                    ... on ClaimInFuture {
                      message(language: $language)
                    }
                  }
                }
                ... on InvalidIdentity {
                  problem
                  message(language: $language)
                }
              }
            }
            """)
        variables: dict[str, object] = {
            "idNumber": id_number,
            "idType": id_type,
            "name": name,
            "itemCode": item_code,
            "level": level,
            "claim": claim,
            "language": language,
        }
        response = await self.execute(
            query=query, operation_name="CheckHolder", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CheckHolder.model_validate(data)

    async def cursors(self, **kwargs: Any) -> Cursors:
        query = gql("""
            query Cursors {
              eventCursors {
                certificateStates
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="Cursors", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Cursors.model_validate(data)

    async def follow_changes(
        self,
        after: Union[Optional[str], UnsetType] = UNSET,
        states: Union[Optional[list[CertificateState]], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AsyncIterator[FollowChanges]:
        query = gql("""
            subscription FollowChanges($after: String, $states: [CertificateState!]) {
              certificateStateChanged(after: $after, filter: {states: $states}) {
                cursor
                at
                certificateId
                agencyId
                state
                effectiveOn
              }
            }
            """)
        variables: dict[str, object] = {"after": after, "states": states}
        async for data in self.execute_ws(
            query=query, operation_name="FollowChanges", variables=variables, **kwargs
        ):
            yield FollowChanges.model_validate(data)

    async def verify_claims(
        self,
        claims: list[StatedCertificateInput],
        language: Union[Optional[Language], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> VerifyClaims:
        query = gql("""
            query VerifyClaims($claims: [StatedCertificateInput!]!, $language: Language = ZH) {
              verifyClaims(claims: $claims) {
                __typename
                ... on CheckedClaims {
                  nodes {
                    __typename
                    ... on ClaimCheck {
                      outcome
                      standing
                      reason(language: $language)
                      fields {
                        field
                        outcome
                      }
                      sources {
                        agency
                        outcome
                      }
                    }
                    ... on RefusedClaim {
                      problem
                      message(language: $language)
                    }
                  }
                }
                ... on InvalidList {
                  found
                  allowed
                }
              }
            }
            """)
        variables: dict[str, object] = {"claims": claims, "language": language}
        response = await self.execute(
            query=query, operation_name="VerifyClaims", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return VerifyClaims.model_validate(data)
