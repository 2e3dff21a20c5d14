// The client preset, as its page sets it up for persisted documents.
export default {
  schema: 'schema.graphql',
  documents: ['src/*.graphql'],
  generates: {
    './src/gql/': {
      preset: 'client',
      presetConfig: { persistedDocuments: true },
      config: { documentMode: 'string' },
    },
  },
};
