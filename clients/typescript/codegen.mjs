// What src/generated is made by, of the documents that both clients share.
export default {
  schema: '../../schema.graphql',
  documents: ['../operations/*.graphql'],
  importExtension: '.js',
  generates: {
    './src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        scalars: { Date: 'string', DateTime: 'string', _Any: 'unknown' },
        strictScalars: true,
        skipTypename: true,
        useTypeImports: true,
      },
    },
  },
};
