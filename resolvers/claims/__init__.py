"""verifyClaims: what an applicant states, compared with what registries say."""
