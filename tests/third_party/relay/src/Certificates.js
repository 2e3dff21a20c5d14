// A screen of a person's certificates: pages of them, and one of them again.

const { graphql } = require("react-relay");

graphql`
  query CertificatesQuery($idNumber: String!) {
    holder(idNumber: $idNumber) {
      __typename
      ... on Holder @alias(as: "person") {
        ...Certificates_holder
      }
    }
  }
`;

graphql`
  fragment Certificates_holder on Holder
  @refetchable(queryName: "CertificatesPageQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 2 }, after: { type: "String" }) {
    certificates(first: $first, after: $after) @connection(key: "Certificates_certificates") {
      edges {
        node {
          ...Certificates_row
        }
      }
    }
  }
`;

graphql`
  fragment Certificates_row on Certificate @refetchable(queryName: "CertificatesRowQuery") {
    number
    itemCode
    standing
  }
`;
