import{ok as a,pk as b,qk as c,rk as d}from"./chunk-JCK4IVCI.js";import"./chunk-TTQFN5Q6.js";export{c as HitTestContext,b as MouseTarget,d as MouseTargetFactory,a as PointerHandlerLastRenderData};
